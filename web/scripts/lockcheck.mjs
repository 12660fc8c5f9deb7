// A lock written on one platform can lack the binaries of another: npm then installs happily here and fails elsewhere.
// So: every optional dependency that a locked package names must itself be locked, and no address may be written down.
import { readFileSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync(process.argv[2] ?? 'package-lock.json', 'utf8'));
const faults = [];

function isLocked(name, dependent) {
  let folder = dependent;
  for (;;) {
    if (packages[`${folder ? `${folder}/` : ''}node_modules/${name}`]?.version) return true;
    if (folder === '') return false;
    const parent = folder.lastIndexOf('/node_modules/');
    folder = parent < 0 ? '' : folder.slice(0, parent);
  }
}

for (const [path, entry] of Object.entries(packages)) {
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (!isLocked(name, path)) faults.push(`${path} wants ${name}, which is not locked`);
  }
  if (entry.resolved) faults.push(`${path} has an address: keep omit-lockfile-registry-resolved in .npmrc`);
  if (path && !entry.link && !entry.integrity) faults.push(`${path} has no integrity hash`);
}

for (const fault of faults) console.error(fault);
console.log(`${Object.keys(packages).length} locked packages, ${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);
