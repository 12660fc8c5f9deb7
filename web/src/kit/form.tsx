import {
  type ChangeEvent,
  type FormHTMLAttributes,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  type SubmitEvent,
  useEffect,
  useRef,
  useState,
} from 'react';
import { Refused } from './api/errors';
import { useWords } from './api/words';
import { isComposing } from './ui/composing';
import { excessOf } from './ui/Excess';

/** Words for a value that cannot be so; anything else means that it can. */
type Rules<Values> = {
  [Name in keyof Values]?: (value: Values[Name], values: Values) => string | false | null | undefined | '' | 0;
};

type Change<Values> = (part: Partial<Values>) => void;

/** The values begin here, or are held elsewhere: `state` takes what `useKept` gives. */
type Source<Values> =
  | { initial: Values; state?: undefined }
  | { initial?: undefined; state: readonly [Values, Change<Values>, ...unknown[]] };

export type FormOptions<Values extends object, Sent> = Source<Values> & {
  /** Checked when the form is sent, and from the first fault on while one types. */
  rules?: Rules<Values>;
  /** Checked while one types, from the beginning. */
  liveRules?: Rules<Values>;
  /** Most characters of a text; the field says what is too much. */
  limits?: { [Name in keyof Values]?: number };
  /** Codes of the refusals that belong to a field, or what tells them; the others stand above the button. */
  refusals?: { [Name in keyof Values]?: readonly string[] | ((error: unknown) => boolean) };
  /** False while there is nothing to send yet; it needs no words. */
  ready?: (values: Values) => boolean;
  /** Words for faults, where the room's own do not fit. */
  words?: (error: unknown) => string;
  /** The fault that led back to this form; it is shown from the beginning. */
  error?: unknown;
  send: (values: Values) => Promise<Sent>;
  /** Follows if the form is still there; so does `onFault` when it failed. */
  onSent?: (sent: Sent) => void;
  onFault?: (error: unknown) => void;
};

/** The frame of a form, whichever fields it has. */
export interface FormFrame {
  /** For the form element. */
  props: Pick<FormHTMLAttributes<HTMLFormElement>, 'noValidate' | 'onSubmit' | 'onKeyDown'> & {
    ref: Ref<HTMLFormElement>;
  };
  busy: boolean;
  isReady: boolean;
  /** Words for the fault that no field shows. */
  fault: string | undefined;
}

type TextName<Values> = { [Name in keyof Values]-?: Values[Name] extends string ? Name : never }[keyof Values];

export interface FormOf<Values> extends FormFrame {
  values: Values;
  /** Sets values for the person: what is wrong with them stays said. */
  change: Change<Values>;
  /** Checks and sends, unless it is being sent already; `part` goes before the values of this moment. */
  submit: (part?: Partial<Values>) => void;
  /** Takes back every fault. */
  clear: () => void;
  /** For a field that one types in. */
  field: <Name extends TextName<Values>>(
    name: Name,
  ) => {
    value: Values[Name];
    error: string | undefined;
    limit: number | undefined;
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>) => void;
  };
  /** For a part that hands its value over. */
  choice: <Name extends keyof Values>(
    name: Name,
  ) => { value: Values[Name]; error: string | undefined; onChange: (value: Values[Name]) => void };
}

/**
 * A form: its values, what is wrong with them, and one request at a time. Our own, because the libraries bring 13 KB and
 * more, and know neither refusals nor what an input method does with Enter.
 */
export function useForm<Values extends object, Sent>(options: FormOptions<Values, Sent>): FormOf<Values> {
  const { rules, liveRules, limits, refusals } = options;
  const say = useWords();
  const words = options.words ?? say;
  const [values, change] = useSource(options);
  const [isChecked, setChecked] = useState(false);
  const [error, setError] = useState<unknown>(options.error ?? null);
  const [busy, setBusy] = useState(false);
  const running = useRef(false);
  const { element, isThere, showFault } = useFaultFocus(Boolean(options.error));

  const brokenLive = (name: keyof Values, of: Values) => liveRules?.[name]?.(of[name], of) || undefined;
  const broken = (name: keyof Values, of: Values) =>
    brokenLive(name, of) ?? (rules?.[name]?.(of[name], of) || undefined);
  const isTooLong = (name: keyof Values, of: Values) => excessOf(String(of[name]), limits?.[name] ?? Infinity) > 0;
  const isRefused = (name: keyof Values) => {
    const belongs = refusals?.[name];
    if (typeof belongs === 'function') return belongs(error);
    return error instanceof Refused && Boolean(belongs?.includes(error.code));
  };
  const names = Object.keys({ ...rules, ...liveRules, ...limits, ...refusals }) as (keyof Values)[];

  const isReady = (of: Values) => options.ready?.(of) ?? true;

  const submit = async (part?: Partial<Values>) => {
    const sent = { ...values, ...part };
    if (running.current || !isReady(sent)) return;
    if (names.some((name) => broken(name, sent) !== undefined || isTooLong(name, sent))) {
      setChecked(true);
      showFault();
      return;
    }
    running.current = true;
    setBusy(true);
    setError(null);
    try {
      const answer = await options.send(sent);
      setChecked(false);
      if (isThere()) options.onSent?.(answer);
    } catch (fault) {
      setError(fault);
      showFault();
      if (isThere()) options.onFault?.(fault);
    } finally {
      running.current = false;
      setBusy(false);
    }
  };

  const choice = <Name extends keyof Values>(name: Name) => ({
    value: values[name],
    error:
      (isChecked ? broken(name, values) : brokenLive(name, values)) ?? (isRefused(name) ? words(error) : undefined),
    onChange: (value: Values[Name]) => {
      if (isRefused(name)) setError(null);
      change({ [name]: value } as unknown as Partial<Values>);
    },
  });

  return {
    values,
    change,
    busy,
    isReady: isReady(values),
    fault: error && !names.some(isRefused) ? words(error) : undefined,
    submit: (part) => void submit(part),
    clear: () => {
      setChecked(false);
      setError(null);
    },
    choice,
    field: (name) => {
      const { onChange, ...shown } = choice(name);
      return {
        ...shown,
        limit: limits?.[name],
        onChange: ({ target }) => onChange(target.value as Values[typeof name]),
      };
    },
    props: {
      ref: element,
      noValidate: true,
      onKeyDown: (event: KeyboardEvent) => {
        if (event.key === 'Enter' && isComposing(event)) event.preventDefault(); // it chooses a word, and sends nothing
      },
      onSubmit: (event: SubmitEvent) => {
        event.preventDefault();
        void submit();
      },
    },
  };
}

/** The form element, which nobody else writes: Enter and the button that submits do the same. */
export function Form({ form, className, children }: { form: FormFrame; className?: string; children: ReactNode }) {
  return (
    <form {...form.props} className={className}>
      {children}
    </form>
  );
}

function useSource<Values extends object>({ initial, state }: Source<Values>): readonly [Values, Change<Values>] {
  const [own, setOwn] = useState(initial);
  if (state) return [state[0], state[1]];
  return [own as Values, (part) => setOwn((before) => ({ ...before, ...part }) as Values)];
}

/** Brings the person to the first field that says what is wrong, once it does. */
function useFaultFocus(atOnce: boolean) {
  const element = useRef<HTMLFormElement>(null);
  const there = useRef(false);
  const [shown, setShown] = useState(atOnce ? 1 : 0);
  useEffect(() => {
    there.current = true;
    return () => {
      there.current = false;
    };
  }, []);
  useEffect(() => {
    if (shown > 0) element.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [shown]);
  return { element, isThere: () => there.current, showFault: () => setShown((before) => before + 1) };
}
