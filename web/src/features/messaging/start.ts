import { useSession } from '../../kit/api/session';
import { part } from '../../kit/parts';

/** Loads what conversations need (keys, MLS) once somebody is logged in: the doors stay light. */
export function startMessages(): void {
  let begun = false;
  const begin = () => {
    if (begun || useSession.getState().me === null) return;
    begun = true;
    part(() => import('./letterbox')).then(
      ({ startLetterbox }) => startLetterbox(),
      () => {
        begun = false;
        setTimeout(begin, 3000); // the file could not be had
      },
    );
  };
  useSession.subscribe(begin);
  begin();
}
