import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withoutSqliteWarning } from '../../shared/base/sqlite-module.ts';

describe('the warning that SQLite is experimental', () => {
  it('is not shown to users, whatever Node this is', () => {
    const module = join(import.meta.dirname, '../../shared/base/sqlite-module.ts');
    const script = `import { sqliteModule } from ${JSON.stringify(module)};
      new (sqliteModule().DatabaseSync)(':memory:').close();`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('is the only one that is kept back, and only then', () => {
    const shown: unknown[] = [];
    const own = Object.getOwnPropertyDescriptor(process, 'emitWarning')!;
    process.emitWarning = (warning: string | Error): void => void shown.push(warning);
    try {
      const result = withoutSqliteWarning(() => {
        process.emitWarning('SQLite is an experimental feature and might change at any time', 'ExperimentalWarning');
        process.emitWarning('something else is an experimental feature', 'ExperimentalWarning');
        process.emitWarning(new Error('a mistake'));
        return 7;
      });
      expect(result).toBe(7);
      expect(() =>
        withoutSqliteWarning(() => {
          throw new Error('not found');
        }),
      ).toThrow('not found');
      process.emitWarning('SQLite is an experimental feature and might change at any time');
    } finally {
      Object.defineProperty(process, 'emitWarning', own);
    }
    expect(shown.map(String)).toEqual([
      'something else is an experimental feature',
      'Error: a mistake',
      'SQLite is an experimental feature and might change at any time',
    ]);
  });
});
