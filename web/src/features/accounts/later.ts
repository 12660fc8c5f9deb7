import { pageOf } from '../../kit/lazy-page';
import type { AboutStepProps } from './AboutStep';
import type { CodeStepProps } from './CodeStep';
import type { SecondFactorStepProps } from './SecondFactorStep';

const part = pageOf('accounts');
const load = () => import('./steps');

/** Parts of the doors that nobody needs on arrival: they are loaded once the page stands. */
export const AboutStep = part<'AboutStep', AboutStepProps>(load, 'AboutStep');
export const CodeStep = part<'CodeStep', CodeStepProps>(load, 'CodeStep');
export const SecondFactorStep = part<'SecondFactorStep', SecondFactorStepProps>(load, 'SecondFactorStep');
export const PasskeyLogIn = part(load, 'PasskeyLogIn');

export function loadLater(): void {
  for (const step of [AboutStep, CodeStep, SecondFactorStep, PasskeyLogIn]) void step.preload();
}
