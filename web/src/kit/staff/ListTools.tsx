import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { ListFilter } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { serverNow } from '../clock';
import { dayIn } from '../days';
import type { ListSearch } from '../list-search';
import { configQuery } from '../queries';
import { Button, DateRange, Field, useIsWide } from '../ui';

type Search = ListSearch<Record<never, never>>;

/** What a list is narrowed by: a name, days, and the filters of its own that stand between them. */
export function ListTools({
  search,
  onChange,
  aside,
  children,
}: {
  search: Search;
  onChange: (changes: Search, options?: { replace?: boolean }) => void;
  /** The way to the file, where there is one. */
  aside?: ReactNode;
  children?: ReactNode;
}) {
  const timezone = useQuery(configQuery).data?.tenant.timezone;
  const isWide = useIsWide();
  const { sort: _, order: __, ...narrowing } = search as Record<string, string>;
  const count = Object.keys(narrowing).length;
  const tools = (
    <div className="flex flex-col gap-4">
      <div className="grid gap-4 sm:grid-cols-[repeat(auto-fit,minmax(11rem,1fr))]">
        <NameField value={search.name ?? ''} onChange={(name) => onChange({ name }, { replace: true })} />
        {children}
      </div>
      <div className="flex flex-wrap items-start gap-4">
        <div className="min-w-0 max-w-xl flex-1 basis-72">
          <DateRange
            from={search.from}
            until={search.until}
            today={dayIn(timezone, new Date(serverNow()))}
            onChange={onChange}
          />
        </div>
        <div className="flex flex-wrap gap-2 sm:ml-auto sm:pt-7">
          {aside}
          {count > 0 ? (
            <Button
              size="sm"
              look="quiet"
              onClick={() => onChange(Object.fromEntries(Object.keys(narrowing).map((field) => [field, undefined])))}
            >
              <Trans>Show all</Trans>
            </Button>
          ) : null}
        </div>
      </div>
    </div>
  );
  if (isWide) return tools;
  return (
    <details className="rounded-card border border-line bg-card">
      <summary className="flex min-h-12 cursor-pointer items-center gap-3 px-4 font-medium">
        <ListFilter aria-hidden className="size-5" />
        {count > 0 ? <Trans>Narrowed by {count}</Trans> : <Trans>Narrow the list</Trans>}
      </summary>
      <div className="border-line border-t p-4">{tools}</div>
    </details>
  );
}

const TYPING = 300;

/** Asks a moment after the last key; the address is too slow to type into. */
function NameField({ value, onChange }: { value: string; onChange: (name: string | undefined) => void }) {
  const { t } = useLingui();
  const [text, setText] = useState(value);
  const asked = useRef(value);
  useEffect(() => {
    if (value === asked.current) return;
    asked.current = value;
    setText(value);
  }, [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts the wait
  useEffect(() => {
    if (text === asked.current) return;
    const timer = setTimeout(() => {
      asked.current = text;
      onChange(text || undefined);
    }, TYPING);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <Field
      label={t`Name`}
      type="search"
      autoCapitalize="none"
      autoComplete="off"
      spellCheck={false}
      maxLength={40}
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  );
}
