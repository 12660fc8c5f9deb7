import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { OPEN, type PushTarget } from './push-worker';

/** Somebody clicked on what the service worker showed, while this page was open: it goes there. */
export function PushTargets(): null {
  const navigate = useNavigate();
  useEffect(() => {
    if (!('serviceWorker' in navigator)) return;
    const worker = navigator.serviceWorker;
    const open = ({ data }: MessageEvent<PushTarget & { kind?: string }>) => {
      if (data.kind === OPEN) void navigate({ to: '/from-push', search: { to: data.to, profile: data.profile } });
    };
    worker.addEventListener('message', open);
    return () => worker.removeEventListener('message', open);
  }, [navigate]);
  return null;
}
