import Markdown from 'markdown-to-jsx/react';
import type { ComponentProps } from 'react';

/** The page has its own first heading, so a text's begin below it. */
const Heading = (props: ComponentProps<'h2'>) => <h2 {...props} />;
const Nothing = () => null;
/** What is too wide scrolls in its own frame, also for those who have no pointer. */
// biome-ignore-start lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
const Code = (props: ComponentProps<'pre'>) => <pre {...props} tabIndex={0} className="overflow-x-auto" />;
const WideTable = (props: ComponentProps<'table'>) => (
  <div tabIndex={0} className="overflow-x-auto">
    <table {...props} />
  </div>
);
// biome-ignore-end lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard

const OPTIONS = {
  disableParsingRawHTML: true,
  forceBlock: true,
  forceWrapper: true,
  overrides: { h1: Heading, img: Nothing, input: Nothing, pre: Code, table: WideTable },
  slugify: (text: string, usual: (text: string) => string) => `text-${usual(text)}`,
};

/** A text that somebody wrote in markdown. HTML in it is shown as it was written, and pictures are left out. */
export function Prose({ children, lang }: { children: string; lang?: string }) {
  return (
    <div
      lang={lang}
      className="flex flex-col gap-3 break-words leading-relaxed [&_a]:underline [&_a]:underline-offset-4 [&_h2]:mt-4 [&_h2]:font-semibold [&_h2]:text-lg [&_h3]:mt-2 [&_h3]:font-semibold [&_ol]:list-decimal [&_ol]:pl-6 [&_ul]:list-disc [&_ul]:pl-6 [&>div]:flex [&>div]:flex-col [&>div]:gap-3"
    >
      <Markdown options={OPTIONS}>{children}</Markdown>
    </div>
  );
}
