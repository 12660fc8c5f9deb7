import { Trans, useLingui } from '@lingui/react/macro';
import { useWords } from '../../api/words';
import { Button, Sheet, toast } from '../../ui';
import { useBlock } from './data';

export interface Person {
  id: string;
  alias: string;
  tag: string;
}

/** Says what blocking does before it is done. */
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
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title={t`Block ${profile.alias}#${profile.tag}?`}
      words={t`You will never meet again, under any face. An open talk between you ends now. They are not told why. You can undo this under People.`}
      actions={
        <>
          <Button
            look="danger"
            className="flex-1"
            busy={block.isPending}
            onClick={() =>
              block.mutate(profile.id, {
                onSuccess: () => {
                  toast(t`${profile.alias} is blocked.`);
                  onClose();
                  onBlocked?.();
                },
              })
            }
          >
            <Trans>Block</Trans>
          </Button>
          <Button className="flex-1" onClick={onClose}>
            <Trans>Not now</Trans>
          </Button>
        </>
      }
    >
      {block.error ? (
        <p role="alert" className="text-terracotta">
          {words(block.error)}
        </p>
      ) : null}
    </Sheet>
  );
}
