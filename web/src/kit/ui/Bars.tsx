import { Trans, useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { DataTable } from './DataTable';

export interface Bar {
  /** What stands under it, when there is room. */
  label: string;
  value: number;
  /** How the value is written. */
  words: string;
}

const HEIGHT = 120;

/** Bars over days; the same numbers as a table for those who do not see them, and for whoever wants to read them. */
export function Bars({ title, bars, total }: { title: string; bars: Bar[]; total: ReactNode }) {
  const { t } = useLingui();
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <figure className="flex flex-col gap-3 rounded-card border border-line bg-card p-4">
      <figcaption className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="font-semibold">{title}</span>
        <span className="font-bold font-display text-lg tabular-nums">{total}</span>
      </figcaption>
      <svg
        aria-hidden="true"
        viewBox={`0 0 ${bars.length * 10} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-30 w-full"
      >
        <title>{title}</title>
        {bars.map((bar, index) => {
          const height = bar.value > 0 ? Math.max(2, (bar.value / most) * HEIGHT) : 0;
          return (
            <rect
              key={bar.label}
              x={index * 10 + 1.5}
              y={HEIGHT - height}
              width={7}
              height={height}
              className="fill-lamp"
            >
              <title>{`${bar.label}: ${bar.words}`}</title>
            </rect>
          );
        })}
        <line x1={0} x2={bars.length * 10} y1={HEIGHT} y2={HEIGHT} className="stroke-line-strong" strokeWidth={1} />
      </svg>
      <p aria-hidden="true" className="flex justify-between text-soft text-xs tabular-nums">
        <span>{bars[0]?.label}</span>
        <span>{bars.at(-1)?.label}</span>
      </p>
      <details className="text-sm">
        <summary className="inline-flex min-h-11 cursor-pointer items-center font-medium text-soft hover:text-ink">
          <Trans>Show as a table</Trans>
        </summary>
        <DataTable
          label={title}
          items={bars}
          rowKey={(bar) => bar.label}
          columns={[
            { title: t`Day`, cell: (bar) => bar.label },
            { title, cell: (bar) => bar.words, numeric: true },
          ]}
        />
      </details>
    </figure>
  );
}
