import { Trans } from '@lingui/react/macro';
import { CloudOff, RotateCcw } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './Button';
import { cx } from './cx';

interface StateProps {
  icon?: ReactNode;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}

/** Nothing here yet: what will be here, and what to do. */
export function EmptyState({ icon, title, children, action, className }: StateProps) {
  return (
    <div
      className={cx(
        'flex flex-col items-center gap-3 rounded-card border border-line border-dashed px-6 py-10 text-center',
        className,
      )}
    >
      {icon ? (
        <div className="flex size-14 items-center justify-center rounded-full bg-lamp-soft text-lamp-text [&_svg]:size-6">
          {icon}
        </div>
      ) : null}
      <p className="max-w-full font-display font-semibold text-lg">{title}</p>
      {children ? <div className="w-full max-w-sm text-soft">{children}</div> : null}
      {action ? <div className="mt-2">{action}</div> : null}
    </div>
  );
}

/** Something failed: what happened, what was kept, what to do. */
export function ErrorState({
  title,
  children,
  onRetry,
  className,
}: {
  title?: ReactNode;
  children?: ReactNode;
  onRetry?: () => void;
  className?: string;
}) {
  return (
    <div
      role="alert"
      className={cx(
        'flex flex-col items-center gap-3 rounded-card border border-line px-6 py-10 text-center',
        className,
      )}
    >
      <div className="flex size-14 items-center justify-center rounded-full bg-terracotta-soft text-terracotta">
        <CloudOff aria-hidden className="size-6" />
      </div>
      <p className="max-w-full font-display font-semibold text-lg">
        {title ?? <Trans>This could not be loaded</Trans>}
      </p>
      <div className="w-full max-w-sm text-soft">
        {children ?? <Trans>Nothing of yours is lost. We can ask again.</Trans>}
      </div>
      {onRetry ? (
        <Button className="mt-2" icon={<RotateCcw aria-hidden className="size-5" />} onClick={onRetry}>
          <Trans>Try again</Trans>
        </Button>
      ) : null}
    </div>
  );
}

/** A sentence that stands at the top of what it is about. */
export function Notice({
  tone = 'lamp',
  icon,
  title,
  children,
  action,
  className,
}: StateProps & { tone?: 'lamp' | 'terracotta' | 'moss' | 'quiet' }) {
  const tones = {
    lamp: 'bg-lamp-soft [&>svg]:text-lamp-text',
    terracotta: 'bg-terracotta-soft [&>svg]:text-terracotta',
    moss: 'bg-moss-soft [&>svg]:text-moss',
    quiet: 'bg-deep [&>svg]:text-soft',
  };
  return (
    <div
      className={cx(
        'flex gap-3 rounded-card p-4 [&>svg]:mt-0.5 [&>svg]:size-5 [&>svg]:shrink-0',
        tones[tone],
        className,
      )}
    >
      {icon}
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p className="font-semibold">{title}</p>
        {children ? <div className="text-sm">{children}</div> : null}
        {action ? <div className="mt-2 flex flex-wrap gap-2">{action}</div> : null}
      </div>
    </div>
  );
}
