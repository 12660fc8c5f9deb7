import { type ComponentType, lazy } from 'react';
import { wantWords } from './language';
import { part } from './parts';
import { wordsOf } from './room';

/** `NoInfer`: a file has other exports, and theirs are not the props of this one. */
type Load<Name extends string, Props> = () => Promise<Record<Name, ComponentType<NoInfer<Props>>>>;

/**
 * A page in a file of its own. The router loads it ahead, but does not wait for a network: the frame around it is drawn and
 * says what is wrong, and the page follows when its file and its words could be had.
 */
export function lazyPage<Name extends string, Props extends object = object>(
  load: Load<Name, Props>,
  name: Name,
  words: () => Promise<void> = async () => {},
) {
  let ready: ComponentType<Props> | null = null;
  const Late = lazy(async () => {
    const [file] = await Promise.all([part(load), words()]);
    const page: ComponentType<Props> = file[name];
    return { default: page };
  });
  function LazyPage(props: Props) {
    const Shown: ComponentType<Props> = ready ?? Late;
    return <Shown {...props} />;
  }
  LazyPage.preload = () =>
    Promise.all([load(), words()]).then(
      ([file]) => {
        ready = file[name];
      },
      () => {
        // drawing it asks again
      },
    );
  return LazyPage;
}

/** Makes the pages and parts of a room: each comes with the room's words. */
export function pageOf(room: string) {
  return <Name extends string, Props extends object = object>(load: Load<Name, Props>, name: Name) =>
    lazyPage<Name, Props>(load, name, () => wantWords([...wordsOf(room)]));
}
