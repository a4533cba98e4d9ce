/** The usual lines in the terminal, and a report for `test/count.mjs` where `PORTCULLIS_TEST_REPORT` names a file. */
export function reporters(): { readonly reporters: string[]; readonly outputFile: Record<string, string> } {
  const file = process.env['PORTCULLIS_TEST_REPORT'];
  return file === undefined
    ? { reporters: ['default'], outputFile: {} }
    : { reporters: ['default', 'json'], outputFile: { json: file } };
}
