import { keptInTab, tabKeeps } from './storage';

const RELOADED = 'meydan.reloaded';
const ASK_AGAIN = 3000;

/** A part of the app could not be had, although the page is of the build that the server has. */
export class PartMissing extends Error {
  constructor(cause: unknown) {
    super('a part of the app could not be loaded', { cause });
    this.name = 'PartMissing';
  }
}

/** The script that this page began with: its name is the name of the build. */
function ownEntry(): string | null {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
  return script && new URL(script.src).pathname;
}

/** Which build the server has now. It is asked past the worker, which keeps the page of its own build. */
async function serverBuild(entry: string): Promise<'same' | 'another' | 'silent'> {
  try {
    const response = await fetch('/index.html', { cache: 'no-store' });
    if (!response.ok) return 'silent';
    return (await response.text()).includes(entry) ? 'same' : 'another';
  } catch {
    return 'silent';
  }
}

/** Once for each build, and never where the tab could not remember that it was done. */
function reloadOnce(entry: string): boolean {
  if (!tabKeeps() || keptInTab.getItem(RELOADED) === entry) return false;
  keptInTab.setItem(RELOADED, entry);
  location.reload();
  return true;
}

const pause = () => new Promise((done) => setTimeout(done, ASK_AGAIN));

/**
 * Loads a part of the app when it is needed. Without a network it waits for one. A page that stayed open over many builds
 * may ask for a part that is gone: it reloads into the present build, at most once.
 */
export async function part<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const entry = ownEntry();
    if (entry === null) throw new PartMissing(error);
    let build = await serverBuild(entry);
    let waited = false;
    while (build === 'silent') {
      waited = true;
      await pause();
      build = await serverBuild(entry);
    }
    if (waited) {
      const late = await load().catch(() => null); // some browsers remember that it failed
      if (late !== null) return late;
    }
    if ((waited || build === 'another') && reloadOnce(entry)) return new Promise(() => {});
    throw new PartMissing(error);
  }
}
