import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { chooseTenant } from './kit/api/session';
import { rememberedLanguage, speak } from './kit/language';
import './app/words';
import { startLiving } from './app/living';
import * as rooms from './app/rooms';
import { router } from './app/router';
import { registerWorker } from './app/shell-worker';
import { i18n } from './kit/i18n';
import { queryClient } from './kit/queries';
import { openRooms } from './kit/room';
import { followSystem } from './kit/theme';
import './kit/ui/theme.css';

speak(rememberedLanguage());
followSystem();

// A link into a community (?community=slug) says which one is meant.
const community = new URLSearchParams(location.search).get('community');
if (community) chooseTenant(community);

openRooms(Object.values(rooms).map(({ room }) => room));
startLiving();
registerWorker();

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');
createRoot(root).render(
  <StrictMode>
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>
  </StrictMode>,
);
