import { withQueries } from '../../kit/with-queries';
import * as about from './AboutStep';
import * as code from './CodeStep';
import * as passkey from './PasskeyLogIn';
import * as second from './SecondFactorStep';

export const AboutStep = withQueries(about.AboutStep);
export const CodeStep = withQueries(code.CodeStep);
export const PasskeyLogIn = withQueries(passkey.PasskeyLogIn);
export const SecondFactorStep = withQueries(second.SecondFactorStep);
