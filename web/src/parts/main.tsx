import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { i18n } from '../kit/i18n';
import { speak, wantWords } from '../kit/language';
import { configQuery, queryClient } from '../kit/queries';
import { PartsPage } from './PartsPage';
import './parts.css';
import { settingsOf } from './settings';

const settings = settingsOf(location.search);
const { dataset, style } = document.documentElement;
dataset.ground = settings.ground;
if (settings.face === 'shadow') dataset.face = 'shadow';
style.fontSize = `${settings.text}%`;

// No server stands behind this page; the square's picture asks for no more than this of its community.
const config = { tenant: { scene: 'harbour', timezone: 'Europe/Istanbul' } };
queryClient.setQueryData<unknown>(configQuery.queryKey, config);

// Links of parts lead to addresses that nobody has: the same page again.
const Page = () => <PartsPage settings={settings} />;
const router = createRouter({
  routeTree: createRootRoute({ component: Page, notFoundComponent: Page }),
  history: createMemoryHistory({ initialEntries: ['/'] }),
});

const words = { en: () => import('../locales/en.po'), tr: () => import('../locales/tr.po') };
const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');
const page = createRoot(root);
void Promise.all([speak(settings.language), wantWords([words])]).then(() =>
  page.render(
    <StrictMode>
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router as never} />
        </QueryClientProvider>
      </I18nProvider>
    </StrictMode>,
  ),
);
