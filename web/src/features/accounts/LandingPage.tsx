import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Lock, Timer, Undo2 } from 'lucide-react';
import { configQuery } from '../../kit/queries';
import { useTitle } from '../../kit/title';
import { Button, Pledge, Pledges, SquareScene, Wordmark } from '../../kit/ui';
import { LanguageSwitch } from '../../kit/ui/LanguageSwitch';
import { LegalLinks } from '../legal';
import { ExampleTalk } from './ExampleTalk';

/** The way in: what this is, in one look, and the two doors. */
export function LandingPage() {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const { invite } = useSearch({ strict: false }) as { invite?: string };
  useTitle(t`Meydan: talk with a stranger in the square`);
  const community = config && config.tenant.slug !== 'default' ? config.tenant.name : null;
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="mx-auto flex w-full max-w-6xl items-center justify-between px-5 py-3 sm:px-8">
        <Wordmark />
        <LanguageSwitch />
      </header>
      <main
        id="page"
        className="mx-auto grid w-full max-w-6xl flex-1 content-center gap-8 px-5 pb-10 sm:px-8 lg:grid-cols-[1fr_1.2fr] lg:gap-x-12 lg:gap-y-0"
      >
        <div className="overflow-hidden rounded-[28px] border border-[var(--hairline)] lg:order-2">
          <SquareScene className="h-56 sm:h-72 lg:h-[340px]" />
        </div>
        <div className="flex flex-col gap-7 lg:order-1 lg:row-span-2 lg:self-center">
          <div className="flex flex-col gap-4">
            {community ? (
              <p className="font-semibold text-lamp-text">
                <Trans>The square of {community}</Trans>
              </p>
            ) : null}
            <h1 className="font-bold text-xl sm:text-2xl">
              <Trans>One stranger, one talk, one day.</Trans>
            </h1>
            <p className="max-w-md text-soft sm:text-lg sm:leading-normal">
              <Trans>
                Meet one stranger at a time and talk in private. No photos, no crowd, and tomorrow the words are gone.
              </Trans>
            </p>
          </div>
          <div className="flex flex-col gap-3 sm:flex-row">
            <Button asChild look="lamp" size="lg">
              <Link to="/join" search={{ invite }}>
                <Trans>Create account</Trans>
              </Link>
            </Button>
            <Button asChild size="lg">
              <Link to="/login">
                <Trans>Log in</Trans>
              </Link>
            </Button>
          </div>
          <Pledges>
            <Pledge icon={<Lock aria-hidden />}>
              <Trans>Only the two of you can read it. Not even we can.</Trans>
            </Pledge>
            <Pledge icon={<Timer aria-hidden />}>
              <Trans>A talk ends after a day, and its words go with it.</Trans>
            </Pledge>
            <Pledge icon={<Undo2 aria-hidden />}>
              <Trans>A stranger who stays silent costs you nothing: you get the meeting back.</Trans>
            </Pledge>
          </Pledges>
        </div>
        <div className="mx-auto w-full max-w-md lg:order-3 lg:-mt-16">
          <ExampleTalk />
        </div>
      </main>
      <footer className="mx-auto flex w-full max-w-6xl flex-wrap items-baseline justify-between gap-x-8 gap-y-3 px-5 pb-8 sm:px-8">
        <p className="text-soft text-sm">
          <Trans>For people of 18 and over.</Trans>{' '}
          {config && config.founding !== 'closed' ? (
            <Trans>
              Want a square of your own?{' '}
              <Link to="/community" className="font-semibold text-ink underline underline-offset-4">
                Start a community
              </Link>
            </Trans>
          ) : null}
        </p>
        <LegalLinks />
      </footer>
    </div>
  );
}
