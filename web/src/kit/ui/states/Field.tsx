import { Search } from 'lucide-react';
import { Excess } from '../Excess';
import { Field, FieldWords, PasswordField, SelectField, TextArea } from '../Field';
import { Forced, Keeping, LONG_WORD, nothing, Stack, type StatesOf } from './state';

export const states: StatesOf = (say) => ({
  plain: (
    <Keeping first="">
      {(value, keep) => (
        <Field
          label={say('Takma ad', 'Alias')}
          hint={say('Herkes böyle görür.', 'Everybody sees it like this.')}
          placeholder={say('örneğin: kediadam', 'for example: kediadam')}
          value={value}
          onChange={(event) => keep(event.target.value)}
        />
      )}
    </Keeping>
  ),
  'hover, focus': (
    <Stack>
      <Forced as="hover">
        <Field label={say('Üzerinde', 'Pointed at')} defaultValue="kedi" />
      </Forced>
      <Forced as="focus">
        <Field label={say('İçinde', 'Being in it')} defaultValue="kedi" />
      </Forced>
    </Stack>
  ),
  'error, too long, disabled': (
    <Stack>
      <Field
        label={say('Takma ad', 'Alias')}
        value="ada"
        onChange={nothing}
        hint={say('Herkes böyle görür.', 'Everybody sees it like this.')}
        error={say('Bu ad alınmış.', 'This name is taken.')}
      />
      <Field label={say('Birkaç söz', 'A few words')} limit={10} value={LONG_WORD} onChange={nothing} />
      <Field label={say('Değişmez', 'Cannot be changed')} value="ada" disabled />
      <Field
        label={say('Ara', 'Search')}
        after={<Search aria-hidden className="mr-3 size-5 text-soft" />}
        defaultValue={LONG_WORD}
      />
    </Stack>
  ),
  password: (
    <Stack>
      <PasswordField label={say('Parola', 'Password')} defaultValue="lamp-light" />
      <PasswordField
        label={say('Yeni parola', 'New password')}
        error={say('En az on karakter.', 'At least ten characters.')}
      />
    </Stack>
  ),
  'text, choice': (
    <Stack>
      <TextArea label={say('Ne oldu?', 'What happened?')} rows={2} defaultValue={LONG_WORD} />
      <SelectField label={say('Dil', 'Language')}>
        <option>Türkçe</option>
        <option>{LONG_WORD}</option>
      </SelectField>
      <SelectField label={say('Ay', 'Month')} error={say('Bir ay seç.', 'Choose a month.')}>
        <option>{say('Ocak', 'January')}</option>
      </SelectField>
    </Stack>
  ),
  words: (
    <Stack>
      <FieldWords id="words" hint={say('Bir ipucu', 'A hint')} error={say('Bir hata', 'A fault')} />
      <p className="text-sm text-soft">
        <Excess count={3} />
      </p>
    </Stack>
  ),
});
