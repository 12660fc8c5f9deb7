import { I18nProvider } from '@lingui/react';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Doors, doorReady, isDoor, openDoors } from './app/doors';
import { registerWorker } from './app/shell-worker';
import { shell } from './app/words';
import { chooseTenant, resume, wasSignedIn } from './kit/api/session';
import { wantConfig } from './kit/config';
import { i18n } from './kit/i18n';
import { rememberedLanguage, speak, wantWords } from './kit/language';
import { part } from './kit/parts';
import { followSystem } from './kit/theme';
import './kit/ui/theme.css';

const RETRY = 3000;

const spoken = speak(rememberedLanguage());
followSystem();

// A link into a community (?community=slug) says which one is meant.
const community = new URLSearchParams(location.search).get('community');
if (community) chooseTenant(community);

/** Offline, or with a server that starts, we do not know yet whether there is a session: ask until we do. */
function askForSession(): void {
  resume().catch(() => setTimeout(askForSession, RETRY));
}

function askWhereWeAre(): void {
  wantConfig().catch(() => setTimeout(askWhereWeAre, RETRY));
}

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');
const { dataset } = document.documentElement;
if ('waiting' in dataset) root.replaceChildren();
delete dataset.waiting;
/** The server drew this door: what is drawn over it must know the community, too. */
const isDrawn = root.childElementCount > 0;
const page = createRoot(root);
const draw = (content: ReactNode) =>
  page.render(
    <StrictMode>
      <I18nProvider i18n={i18n}>{content}</I18nProvider>
    </StrictMode>,
  );

/** Shows the app itself in place of the doors. A part that cannot be had is asked for again. */
function enter(): void {
  part(() => import('./app/inside')).then(
    ({ Inside }) => draw(<Inside />),
    () => setTimeout(enter, RETRY),
  );
}

const words = Promise.all([spoken, wantWords([shell])]);
if (!wasSignedIn() && isDoor(location.pathname)) {
  openDoors();
  const ready = [words, doorReady(location.pathname), isDrawn ? wantConfig().catch(() => {}) : null];
  void Promise.all(ready).then(() => draw(<Doors enter={enter} />));
} else {
  import('./app/inside').catch(() => {}); // entering asks again
  void words.then(enter);
}
askForSession();
askWhereWeAre();
registerWorker();
