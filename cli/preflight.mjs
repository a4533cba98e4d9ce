// Portcullis runs its TypeScript on Node 24. `npm ci` brings that Node along as an optional package for Linux on x64 and
// arm64; elsewhere the Node on the PATH has to be new enough. This file is plain JavaScript so that an old Node can say so.
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `portcullis needs Node 24 or newer, and this is Node ${process.versions.node}; ` +
      'on Linux run `npm ci` without `--omit=optional` (it installs Node 24 into node_modules), elsewhere install Node 24 and try again\n',
  );
  process.exit(2);
}
