import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { startLiving } from './app/living';
import * as rooms from './app/rooms';
import { router } from './app/router';
import { registerWorker } from './app/shell-worker';
import { shell } from './app/words';
import { chooseTenant } from './kit/api/session';
import { i18n } from './kit/i18n';
import { rememberedLanguage, speak, wantWords } from './kit/language';
import { queryClient } from './kit/queries';
import { openRooms } from './kit/room';
import { followSystem } from './kit/theme';
import './kit/ui/theme.css';

const spoken = speak(rememberedLanguage());
followSystem();

// A link into a community (?community=slug) says which one is meant.
const community = new URLSearchParams(location.search).get('community');
if (community) chooseTenant(community);

openRooms(Object.fromEntries(Object.entries(rooms).map(([name, { room }]) => [name, room])));
startLiving();
registerWorker();

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');
const page = createRoot(root);
void Promise.all([spoken, wantWords([shell])]).then(() =>
  page.render(
    <StrictMode>
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </I18nProvider>
    </StrictMode>,
  ),
);
