import { Trans } from '@lingui/react/macro';
import { type MouseEvent, useState } from 'react';
import { createPortal } from 'react-dom';
import { Button, Sheet } from '../../../kit/ui';

/** Hosts that the person has agreed to, while the page lives: a list on the disk would outlast the talk. */
const agreed = new Set<string>();

const outside = { target: '_blank', rel: 'noopener noreferrer', referrerPolicy: 'no-referrer' } as const;

/** A link that somebody wrote. Nothing is fetched from there; the first time, a question names the host. */
export function Link({ text, href, host }: { text: string; href: string; host: string }) {
  const [asked, setAsked] = useState(false);
  const ask = (event: MouseEvent) => {
    if (agreed.has(host)) return;
    event.preventDefault();
    setAsked(true);
  };
  return (
    <>
      <a
        {...outside}
        href={href}
        onClick={ask}
        onAuxClick={(event) => event.button === 1 && ask(event)}
        className="rounded-sm underline decoration-1 underline-offset-2 hover:decoration-2"
      >
        <bdi dir="ltr">{text}</bdi>
      </a>
      {asked ? createPortal(<Leaving href={href} host={host} onClose={() => setAsked(false)} />, document.body) : null}
    </>
  );
}

function Leaving({ href, host, onClose }: { href: string; host: string; onClose: () => void }) {
  const name = (
    <bdi dir="ltr" className="break-all">
      {host}
    </bdi>
  );
  return (
    <Sheet
      open
      onClose={onClose}
      title={<Trans>Go to {name}?</Trans>}
      words={
        <Trans>
          This link leads out of the square. Whoever runs {name} sees from where on the internet you come, and nothing
          of this talk.
        </Trans>
      }
      actions={
        <>
          <Button look="plain" onClick={onClose}>
            <Trans>Stay here</Trans>
          </Button>
          <Button asChild look="lamp">
            <a
              {...outside}
              href={href}
              onClick={() => {
                agreed.add(host);
                onClose();
              }}
            >
              <Trans>Open the link</Trans>
            </a>
          </Button>
        </>
      }
    />
  );
}
