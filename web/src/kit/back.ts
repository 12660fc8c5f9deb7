import { useEffect, useRef } from 'react';
import { randomUuid } from './uuid';

/** In the state of a history entry: the step or sheet that the entry stands for. */
const STEP = 'meydanStep';

const shown = new Set<string>();
let listening = false;
const stepHere = (): string | undefined => history.state?.[STEP];

/** Changes the history past the router, which would take the entry for a page and scroll to its top. */
function keepStep(entry: string): void {
  const state = { ...history.state, [STEP]: entry };
  // An entry that nothing stands for any more is taken over: one sheet after another is one Back.
  if (stepHere() === undefined) History.prototype.pushState.call(history, state, '');
  else History.prototype.replaceState.call(history, state, '');
}

/** Steps over the entry of a sheet that was left by a link: nothing would be seen there. */
function stepOver(): void {
  const entry = stepHere();
  if (entry !== undefined && !shown.has(entry)) history.back();
}

/**
 * A history entry while something stands over the page or a step has been taken in it, so that Back undoes just that. The
 * entry goes again when it is undone by another way. Without a step there is nothing to undo.
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
      // Later, because what closes a sheet may also lead to another page, whose entry must not be taken back.
      setTimeout(() => {
        if (stepHere() === entry) history.back();
      });
    };
  }, [step]);
}
