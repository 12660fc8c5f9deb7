import { useLingui } from '@lingui/react/macro';
import { CircleAlert, Eye, EyeOff } from 'lucide-react';
import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
  useState,
} from 'react';
import { cx } from './cx';
import { Excess, excessOf } from './Excess';

export const inputLook =
  'w-full min-h-12 rounded-card border border-line-strong bg-card px-4 py-2.5 text-base text-ink placeholder:text-soft ' +
  'transition-colors duration-160 hover:border-ink aria-invalid:border-terracotta disabled:opacity-60';

interface Words {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
}

interface Limited {
  /** Most characters that the server takes; what is too much is said and kept. */
  limit?: number;
}

interface FrameProps extends Words {
  id: string;
  children: ReactNode;
  className?: string;
}

function faultOf(value: unknown, limit: number | undefined, error: ReactNode): ReactNode {
  const excess = limit === undefined ? 0 : excessOf(String(value ?? ''), limit);
  return excess > 0 ? <Excess count={excess} /> : error;
}

/** What describes the field, for aria-describedby. */
export function describedBy(id: string, { hint, error }: Pick<Words, 'hint' | 'error'>): string | undefined {
  return [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined;
}

function Frame({ id, label, hint, error, children, className }: FrameProps) {
  return (
    <div className={cx('flex flex-col gap-1.5', className)}>
      <label htmlFor={id} className="font-semibold text-sm">
        {label}
      </label>
      {children}
      <FieldWords id={id} hint={hint} error={error} />
    </div>
  );
}

export function FieldWords({ id, hint, error }: { id: string; hint?: ReactNode; error?: ReactNode }) {
  return (
    <>
      {error ? (
        <p id={`${id}-error`} className="flex gap-1.5 text-sm text-terracotta" role="alert">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span>{error}</span>
        </p>
      ) : null}
      {hint ? (
        <p id={`${id}-hint`} className="text-soft text-sm">
          {hint}
        </p>
      ) : null}
    </>
  );
}

type FieldProps = Words &
  Limited &
  InputHTMLAttributes<HTMLInputElement> & {
    /** Something at the end of the input: a button, a mark. */
    after?: ReactNode;
    ref?: Ref<HTMLInputElement>;
  };

export function Field({ label, hint, error: given, limit, after, className, id, ...input }: FieldProps) {
  const made = useId();
  const key = id ?? made;
  const error = faultOf(input.value, limit, given);
  return (
    <Frame id={key} label={label} hint={hint} error={error} className={className}>
      <div className="relative">
        <input
          id={key}
          className={cx(inputLook, after && 'pr-13')}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy(key, { hint, error })}
          {...input}
        />
        {after ? <div className="absolute inset-y-0 right-1 flex items-center">{after}</div> : null}
      </div>
    </Frame>
  );
}

export function PasswordField(props: Omit<FieldProps, 'type' | 'after'>) {
  const { t } = useLingui();
  const [shown, setShown] = useState(false);
  return (
    <Field
      {...props}
      type={shown ? 'text' : 'password'}
      autoCapitalize="none"
      spellCheck={false}
      after={
        <button
          type="button"
          className="inline-flex size-10 items-center justify-center rounded-full text-soft hover:bg-deep hover:text-ink"
          aria-label={shown ? t`Hide password` : t`Show password`}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        >
          {shown ? <EyeOff aria-hidden className="size-5" /> : <Eye aria-hidden className="size-5" />}
        </button>
      }
    />
  );
}

type TextAreaProps = Words & Limited & TextareaHTMLAttributes<HTMLTextAreaElement>;

export function TextArea({ label, hint, error: given, limit, className, id, rows = 4, ...rest }: TextAreaProps) {
  const made = useId();
  const key = id ?? made;
  const error = faultOf(rest.value, limit, given);
  return (
    <Frame id={key} label={label} hint={hint} error={error} className={className}>
      <textarea
        id={key}
        rows={rows}
        className={cx(inputLook, 'resize-y')}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(key, { hint, error })}
        {...rest}
      />
    </Frame>
  );
}

type SelectFieldProps = Words & SelectHTMLAttributes<HTMLSelectElement>;

export function SelectField({ label, hint, error, className, id, children, ...rest }: SelectFieldProps) {
  const made = useId();
  const key = id ?? made;
  return (
    <Frame id={key} label={label} hint={hint} error={error} className={className}>
      <select
        id={key}
        className={inputLook}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(key, { hint, error })}
        {...rest}
      >
        {children}
      </select>
    </Frame>
  );
}
