import { Alone, Opened, type Say, type States, type StatesOf } from '../kit/ui/states/state';
import { addressOf, type Settings } from './settings';

const files = import.meta.glob<StatesOf>(['../kit/ui/states/*.tsx', '!**/state.tsx'], {
  eager: true,
  import: 'states',
});

/** Every part by its name, with its states. */
function partsIn(say: Say): [string, States][] {
  return Object.entries(files).map(([path, statesOf]) => [path.replace(/^.*\/|\.tsx$/g, ''), statesOf(say)]);
}

/** All parts of the kit in their states, or one state that is a page of its own. */
export function PartsPage({ settings }: { settings: Settings }) {
  const say: Say = (turkish, english) => (settings.language === 'tr' ? turkish : english);
  const parts = partsIn(say);
  if (settings.alone !== null) {
    const found = parts.flatMap(([part, states]) =>
      Object.entries(states).filter(([name]) => `${part}/${name}` === settings.alone),
    );
    return found.map(([name, state]) =>
      state instanceof Opened ? (
        <main key={name} className="flex min-h-dvh flex-col items-center justify-center gap-3 p-6">
          <h1>{name}</h1>
          <State state={state} />
        </main>
      ) : (
        <State key={name} state={state} />
      ),
    );
  }
  return (
    <main className="mx-auto flex w-full max-w-[680px] flex-col gap-10 px-4 py-6">
      <header className="flex flex-col gap-3">
        <h1 className="font-bold text-xl">{say('Parçalar', 'Parts')}</h1>
        <Choices settings={settings} />
      </header>
      {parts.map(([part, states]) => (
        <section key={part} id={part} aria-label={part} className="flex flex-col gap-5">
          <h2 className="border-line border-b pb-1 font-semibold text-lg">{part}</h2>
          {Object.entries(states).map(([name, state]) => (
            <div key={name} className="flex flex-col gap-2" data-shown={`${part}/${name}`}>
              <p className="text-soft text-xs">{name}</p>
              {state instanceof Alone ? (
                <a className="underline" data-alone href={addressOf(settings, { alone: `${part}/${name}` })}>
                  {say('Kendi sayfasında', 'On a page of its own')}: {part}, {name}
                </a>
              ) : (
                <State state={state} />
              )}
            </div>
          ))}
        </section>
      ))}
    </main>
  );
}

function State({ state }: { state: States[string] }) {
  if (state instanceof Alone) return state.node;
  return state instanceof Opened ? <div data-opens>{state.node}</div> : state;
}

/** The settings as links: each leads to the same page with one of them changed. */
function Choices({ settings }: { settings: Settings }) {
  const choices: [string, Partial<Settings>][] = [
    ['Türkçe', { language: 'tr' }],
    ['English', { language: 'en' }],
    ['day', { ground: 'day', face: 'real' }],
    ['night', { ground: 'night', face: 'real' }],
    ['dusk', { ground: 'day', face: 'shadow' }],
    ['dusk at night', { ground: 'night', face: 'shadow' }],
    ['100 %', { text: '100' }],
    ['200 %', { text: '200' }],
  ];
  return (
    <nav aria-label="settings" className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
      {choices.map(([words, change]) => (
        <a key={words} href={addressOf(settings, change)} className="underline">
          {words}
        </a>
      ))}
    </nav>
  );
}
