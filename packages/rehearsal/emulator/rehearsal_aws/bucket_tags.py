"""Tags of buckets that CloudFormation makes, which ministack drops: CDK empties only a bucket that its tag names."""

from ministack.services import s3
from ministack.services.cloudformation import provisioners


def install() -> None:
    """Wraps ministack's handler of AWS::S3::Bucket."""
    original = dict(provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"])

    def tagged(operation, props_at: int):
        def apply(*args, **kwargs):
            result = operation(*args, **kwargs)
            tags = args[props_at].get("Tags") or []
            s3._bucket_tags[result[0]] = {tag["Key"]: tag["Value"] for tag in tags}
            return result

        return apply

    changed = {"create": tagged(original["create"], 1)}
    if "update" in original:
        changed["update"] = tagged(original["update"], 2)
    provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"] = {**original, **changed}
