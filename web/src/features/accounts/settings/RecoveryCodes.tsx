import { Trans, useLingui } from '@lingui/react/macro';
import { Copy } from 'lucide-react';
import { Button, toast } from '../../../kit/ui';

/** The ten codes, this once. */
export function RecoveryCodes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const { t } = useLingui();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(codes.join('\n'));
      toast(t`The codes are copied.`);
    } catch {
      toast(t`This browser does not let us copy. Mark the codes and copy them yourself.`, { kind: 'fault' });
    }
  };
  return (
    <div className="flex flex-col gap-4">
      <h3 className="font-semibold">
        <Trans>Your recovery codes</Trans>
      </h3>
      <p className="text-soft">
        <Trans>
          If you lose your phone, one of these lets you in instead of the app. Each works once. Keep them where your
          phone is not: we cannot show them again.
        </Trans>
      </p>
      <ul
        aria-label={t`Your recovery codes`}
        className="grid grid-cols-2 gap-x-6 gap-y-2 rounded-card bg-deep px-4 py-3 text-center font-mono text-sm sm:text-base"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex flex-col gap-2 sm:flex-row">
        <Button className="flex-1" icon={<Copy aria-hidden className="size-5" />} onClick={() => void copy()}>
          <Trans>Copy the codes</Trans>
        </Button>
        <Button look="lamp" className="flex-1" onClick={onKept}>
          <Trans>I have kept them</Trans>
        </Button>
      </div>
    </div>
  );
}
