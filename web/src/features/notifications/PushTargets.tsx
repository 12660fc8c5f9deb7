import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import type * as worker from './push-worker';

const OPEN: typeof worker.OPEN = 'meydan.open';

/** Somebody clicked on what the service worker showed, while this page was open: it goes there. */
export function PushTargets(): null {
  const navigate = useNavigate();
  useEffect(() => {
    if (!('serviceWorker' in navigator)) return;
    const messages = navigator.serviceWorker;
    const open = ({ data }: MessageEvent<worker.PushTarget & { kind?: string }>) => {
      if (data.kind === OPEN) void navigate({ to: '/from-push', search: { to: data.to, profile: data.profile } });
    };
    messages.addEventListener('message', open);
    return () => messages.removeEventListener('message', open);
  }, [navigate]);
  return null;
}
