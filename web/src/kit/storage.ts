/** What this browser keeps for us. A browser may refuse: the page then goes on with its memory, and says so. */

export type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Reading the property alone throws where cookies and site data are blocked, so each use opens it anew. */
function over(open: () => Storage): Kept {
  const memory = new Map<string, string>();
  const stored = (key: string) => {
    try {
      return open().getItem(key);
    } catch {
      return null;
    }
  };
  return {
    getItem: (key) => memory.get(key) ?? stored(key),
    setItem(key, value) {
      try {
        open().setItem(key, value);
        memory.delete(key);
      } catch {
        memory.set(key, value); // refused, or full: it lives as long as the page
      }
    },
    removeItem(key) {
      memory.delete(key);
      try {
        open().removeItem(key);
      } catch {
        // nothing was kept there
      }
    },
  };
}

/** Over visits. */
export const kept = over(() => localStorage);
/** Over reloads of this tab. */
export const keptInTab = over(() => sessionStorage);

const PROBE = 'meydan.probe';

function keepsIn(open: () => Storage): boolean {
  try {
    open().setItem(PROBE, '1');
    open().removeItem(PROBE);
    return true;
  } catch {
    return false;
  }
}

/** Whether a word in this tab outlives a reload. */
export function tabKeeps(): boolean {
  return keepsIn(() => sessionStorage);
}

/** Whether the browser keeps cookies and storage for this page: without either no log in lasts. */
export function browserKeeps(): boolean {
  return navigator.cookieEnabled !== false && keepsIn(() => localStorage);
}
