"""Generated secrets with the characters that the template asks for; ministack heeds only ExcludeCharacters.

An API key with quotes and brackets in it, where the template excludes punctuation, would test something that no real
deployment has.
"""

import json

from ministack.services import secretsmanager
from ministack.services.cloudformation import provisioners


def install() -> None:
    """Replaces how ministack makes the value of an AWS::SecretsManager::Secret."""
    provisioners._sm_secret_string = _secret_string


def _secret_string(props: dict) -> str:
    given, wanted = props.get("SecretString", ""), props.get("GenerateSecretString")
    if given or wanted is None:
        return given
    # The same generator as of the API's GetRandomPassword, whose options these are.
    status, _headers, body = secretsmanager._get_random_password(wanted)
    answer = json.loads(body)
    if status >= 400:
        raise ValueError(answer.get("message") or str(answer))
    template, key = wanted.get("SecretStringTemplate"), wanted.get("GenerateStringKey")
    if bool(template) != bool(key):
        raise ValueError("SecretStringTemplate and GenerateStringKey must be given together")
    if not template:
        return answer["RandomPassword"]
    return json.dumps({**json.loads(template), key: answer["RandomPassword"]})
