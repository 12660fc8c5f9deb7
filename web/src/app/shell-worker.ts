import { create } from 'zustand';

/** A newer version of the app waits; `takeOver` reloads into it. */
export const useUpdate = create<{ takeOver: (() => void) | null }>(() => ({ takeOver: null }));

/** The offline shell. Service workers exist on secure origins only; elsewhere the app simply needs its network. */
export function registerWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const hadOne = navigator.serviceWorker.controller !== null;
  // After the page has all its files: the worker then finds them in the browser's cache, and nothing is fetched twice.
  if (document.readyState === 'complete') register(hadOne);
  else addEventListener('load', () => register(hadOne), { once: true });
  if (hadOne) navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
}

function register(hadOne: boolean): void {
  navigator.serviceWorker
    .register('/sw.js', { updateViaCache: 'none' })
    .then((registration) => {
      const offer = () => {
        const waiting = registration.waiting;
        if (waiting && hadOne) useUpdate.setState({ takeOver: () => waiting.postMessage('take-over') });
      };
      offer();
      registration.addEventListener('updatefound', () => {
        registration.installing?.addEventListener('statechange', offer);
      });
    })
    .catch(() => {
      // Refused (private window, full disk): there is no offline shell then, and nothing else is lost.
    });
}
