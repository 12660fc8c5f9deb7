import { Trans, useLingui } from '@lingui/react/macro';
import { Refused } from '../../kit/api/errors';
import { useWords } from '../../kit/api/words';
import { Button, Sheet, toast } from '../../kit/ui';
import { useBlock } from './data';

export interface Person {
  id: string;
  alias: string;
  tag: string;
}

/** Says what blocking does before it is done. Who has blocked three people today can still get away from this face. */
export function BlockSheet({
  open,
  onClose,
  profile,
  onBlocked,
}: {
  open: boolean;
  onClose: () => void;
  profile: Person;
  onBlocked?: () => void;
}) {
  const { t } = useLingui();
  const words = useWords();
  const block = useBlock();
  const onlyFace = block.error instanceof Refused && block.error.code === 'block_limit_reached';
  const close = () => {
    block.reset();
    onClose();
  };
  return (
    <Sheet
      open={open}
      onClose={close}
      title={t`Block ${profile.alias}#${profile.tag}?`}
      words={
        onlyFace
          ? undefined
          : t`You never meet this face again, and an open talk between you ends now. If either of you has another face, it is kept apart within a week too, so that nobody learns whose it is. They are not told. You can undo this under People.`
      }
      actions={
        <>
          <Button className="flex-1" onClick={close}>
            <Trans>Not now</Trans>
          </Button>
          <Button
            look="danger"
            className="flex-1"
            busy={block.isPending}
            onClick={() =>
              block.mutate(
                { profile_id: profile.id, scope: onlyFace ? 'face' : 'person' },
                {
                  onSuccess: () => {
                    toast(t`${profile.alias} is blocked.`);
                    close();
                    onBlocked?.();
                  },
                },
              )
            }
          >
            {onlyFace ? <Trans>Block this face</Trans> : <Trans>Block</Trans>}
          </Button>
        </>
      }
    >
      {block.error ? (
        <p role="alert" className={onlyFace ? undefined : 'text-terracotta'}>
          {onlyFace ? (
            <Trans>
              You have blocked three people today. You can block just this face: your talk ends now, and you never meet
              this face again. Tomorrow you can block the person.
            </Trans>
          ) : (
            words(block.error)
          )}
        </p>
      ) : null}
    </Sheet>
  );
}
