import { useEffect, useRef } from 'react';
import { randomUuid } from './uuid';

/** In the state of a history entry: the step or sheet that the entry stands for. */
const STEP = 'meydanStep';

const shown = new Set<string>();
let listening = false;
const stepHere = (): string | undefined => history.state?.[STEP];
/** The router's number of the page in the history; an entry of ours has that of the page that it lies over. */
const pageHere = (): number | undefined => history.state?.__TSR_index;
/** The newest entry of ours, and the page that it lies over. */
let newest: { entry: string; page: number | undefined } | undefined;

/** Changes the history past the router, which would take the entry for a page and scroll to its top. */
function keepStep(entry: string): void {
  const state = { ...history.state, [STEP]: entry };
  // An entry that nothing stands for any more is taken over: one sheet after another is one Back.
  if (stepHere() === undefined) History.prototype.pushState.call(history, state, '');
  else History.prototype.replaceState.call(history, state, '');
  newest = { entry, page: pageHere() };
}

/** Steps over an entry that nothing stands for any more, on the way to it and on the way from it. */
function stepOver(): void {
  const here = stepHere();
  const left = newest;
  newest = undefined;
  if (here !== undefined) {
    if (!shown.has(here)) history.back();
    return;
  }
  if (left && !shown.has(left.entry) && left.page === pageHere()) history.back();
}

/**
 * A history entry while something stands over the page or a step has been taken in it, so that Back undoes just that. An
 * entry that was undone by another way stays, and Back steps over it: going back at once could meet a page on its way.
 */
export function useBack(step: string | null, onBack: () => void): void {
  const undo = useRef(onBack);
  useEffect(() => {
    undo.current = onBack;
  });
  useEffect(() => {
    if (step === null) return;
    const entry = randomUuid();
    keepStep(entry);
    shown.add(entry);
    if (!listening) addEventListener('popstate', stepOver);
    listening = true;
    const look = () => {
      if (stepHere() !== entry) undo.current();
    };
    addEventListener('popstate', look);
    return () => {
      shown.delete(entry);
      removeEventListener('popstate', look);
    };
  }, [step]);
}
