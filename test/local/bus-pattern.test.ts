import { describe, expect, it } from 'vitest';
import { eventTestOf } from '../../local/bus/pattern.ts';

const event = {
  source: 'aws.ec2',
  'detail-type': 'AWS API Call via CloudTrail',
  resources: [],
  detail: {
    eventName: 'AuthorizeSecurityGroupIngress',
    errorCode: null,
    readOnly: false,
    count: 5,
    userIdentity: { type: 'Root', arn: 'root-arn' },
    tags: ['a', 'b'],
    items: [
      { id: 'sg-1', open: true },
      { id: 'sg-2', open: false },
    ],
  },
};

describe('a pattern that is modelled', () => {
  it.each<[string, unknown, boolean]>([
    ['an exact value', { source: ['aws.ec2'] }, true],
    ['one of several values', { source: ['aws.s3', 'aws.ec2'] }, true],
    ['another value', { source: ['aws.s3'] }, false],
    ['all fields', { source: ['aws.ec2'], detail: { count: [5], readOnly: [false] } }, true],
    ['all fields but one', { source: ['aws.ec2'], detail: { count: [6] } }, false],
    ['a number is not its text', { detail: { count: ['5'] } }, false],
    ['null', { detail: { errorCode: [null] } }, true],
    ['null is not an absent field', { detail: { absent: [null] } }, false],
    ['an element of a list', { detail: { tags: ['b'] } }, true],
    ['no element of a list', { detail: { tags: ['c'] } }, false],
    ['a prefix', { detail: { eventName: [{ prefix: 'Authorize' }] } }, true],
    ['another prefix', { detail: { eventName: [{ prefix: 'Revoke' }] } }, false],
    ['a prefix of no text', { detail: { count: [{ prefix: '5' }] } }, false],
    ['a suffix', { detail: { eventName: [{ suffix: 'Ingress' }] } }, true],
    ['a field that exists', { detail: { eventName: [{ exists: true }] } }, true],
    ['a null that exists', { detail: { errorCode: [{ exists: true }] } }, true],
    ['a field that should not exist', { detail: { eventName: [{ exists: false }] } }, false],
    ['an absent field', { detail: { absent: [{ exists: false }] } }, true],
    ['an absent parent', { absent: { deeper: [{ exists: false }] } }, true],
    ['an object is no leaf', { detail: { userIdentity: [{ exists: true }] } }, false],
    ['an object counts as absent', { detail: { userIdentity: [{ exists: false }] } }, true],
    ['anything but another value', { detail: { eventName: [{ 'anything-but': 'RunInstances' }] } }, true],
    [
      'anything but this value',
      { detail: { eventName: [{ 'anything-but': ['AuthorizeSecurityGroupIngress', 'x'] }] } },
      false,
    ],
    ['anything but this number', { detail: { count: [{ 'anything-but': [5, 6] }] } }, false],
    ['anything but a prefix', { detail: { eventName: [{ 'anything-but': { prefix: 'Describe' } }] } }, true],
    [
      'anything but its prefix',
      { detail: { eventName: [{ 'anything-but': { prefix: ['Describe', 'Auth'] } }] } },
      false,
    ],
    [
      'anything-but of an absent field',
      { detail: { userIdentity: { sessionContext: [{ 'anything-but': 'x' }] } } },
      false,
    ],
    ['either field', { $or: [{ source: ['aws.s3'] }, { detail: { count: [5] } }] }, true],
    ['neither field', { source: ['aws.ec2'], $or: [{ source: ['aws.s3'] }, { detail: { count: [6] } }] }, false],
    [
      'absent or something else',
      { detail: { $or: [{ role: [{ exists: false }] }, { role: [{ 'anything-but': 'own' }] }] } },
      true,
    ],
    ['one element with both', { detail: { items: { id: ['sg-1'], open: [true] } } }, true],
    ['both, but in two elements', { detail: { items: { id: ['sg-1'], open: [false] } } }, false],
    ['a field of Object.prototype', { detail: { constructor: [{ exists: true }] } }, false],
  ])('%s', (_name, pattern, expected) => {
    expect(eventTestOf(pattern)(event)).toBe(expected);
  });
});

describe('a pattern that is not', () => {
  it.each<[unknown, string]>([
    [{ source: 'aws.ec2' }, '`source`'],
    [{ detail: { count: [{ numeric: ['>', 1] }] } }, '`detail.count`'],
    [{ detail: { name: [{ wildcard: 'a*' }] } }, 'wildcard'],
    [{ detail: { name: [{ 'anything-but': { wildcard: 'a*' } }] } }, 'wildcard'],
    [{ detail: { name: [{ 'anything-but': [] }] } }, 'anything-but'],
    [{ detail: { name: [{ prefix: 'a', suffix: 'b' }] } }, 'prefix'],
    [{ detail: { name: [{ exists: 'yes' }] } }, 'exists'],
    [{ detail: { name: [] } }, 'empty list'],
    [{ detail: {} }, 'empty object'],
    [{}, 'empty object'],
    [{ $or: [{ source: ['a'] }] }, 'two patterns'],
    [null, 'expected an object'],
  ])('%j', (pattern, message) => {
    expect(() => eventTestOf(pattern)).toThrow(message);
  });
});
