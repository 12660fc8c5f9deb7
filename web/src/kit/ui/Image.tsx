import { ImageOff } from 'lucide-react';
import { useState } from 'react';
import { cx } from './cx';

interface ImageProps {
  src: string;
  /** Says what is seen on it; empty where the words beside it say it already. */
  alt: string;
  /** Its real size, or the proportions of it: the page does not jump when it comes. */
  width: number;
  height: number;
  /** The same picture in other widths, and how wide it is shown, as the browser's own attributes take them. */
  srcSet?: string;
  sizes?: string;
  /** The first thing on a page is not put off until one scrolls there. */
  first?: boolean;
  className?: string;
}

/** A picture that keeps its place while it comes, and says in words what it showed where it could not be had. */
export function Image({ src, alt, width, height, srcSet, sizes, first = false, className }: ImageProps) {
  const [settled, setSettled] = useState<{ src: string; failed: boolean } | null>(null);
  const state = settled?.src === src ? settled : null;
  const frame = cx('block h-auto w-full max-w-full rounded-card bg-line', className);
  if (state?.failed) {
    return (
      <span
        className={cx(
          frame,
          'flex min-h-14 flex-col items-center justify-center gap-2 bg-deep p-3 text-center text-soft text-sm',
        )}
        style={{ aspectRatio: `${width} / ${height}` }}
      >
        <ImageOff aria-hidden className="size-6 shrink-0" />
        <span className="line-clamp-3 max-w-full [overflow-wrap:anywhere]">{alt}</span>
      </span>
    );
  }
  return (
    <img
      src={src}
      srcSet={srcSet}
      sizes={sizes}
      alt={alt}
      width={width}
      height={height}
      loading={first ? 'eager' : 'lazy'}
      decoding="async"
      fetchPriority={first ? 'high' : undefined}
      onLoad={() => setSettled({ src, failed: false })}
      onError={() => setSettled({ src, failed: true })}
      className={cx(frame, 'object-cover', state ? 'bg-transparent' : 'text-transparent')}
    />
  );
}
