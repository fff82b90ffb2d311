# The CloudEvents and OpenFGA SDKs for Python as clients of a running Sideline. Prints the answers as one JSON object.
# Arguments: address, API key, id of the store.
import json
import sys

import requests
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from openfga_sdk import FgaObject, ReadRequestTupleKey, UserTypeFilter
from openfga_sdk.client import ClientConfiguration
from openfga_sdk.client.models import (
    ClientBatchCheckItem,
    ClientBatchCheckRequest,
    ClientCheckRequest,
    ClientListObjectsRequest,
    ClientListRelationsRequest,
    ClientTuple,
)
from openfga_sdk.client.models.expand_request import ClientExpandRequest
from openfga_sdk.client.models.list_users_request import ClientListUsersRequest
from openfga_sdk.client.models.read_changes_request import ClientReadChangesRequest
from openfga_sdk.client.models.write_request import ClientWriteRequest
from openfga_sdk.credentials import CredentialConfiguration, Credentials
from openfga_sdk.exceptions import ApiException
from openfga_sdk.sync import OpenFgaClient

url, key, store = sys.argv[1:4]


def send(event_id, event_type, data, mode):
    attributes = {"id": event_id, "source": "/python", "type": event_type, "actor": "olivia"}
    message = mode(CloudEvent(attributes, data))
    headers = {**message.headers, "authorization": f"Bearer {key}"}
    answer = requests.post(f"{url}/events", data=message.body, headers=headers, timeout=60)
    body = answer.json()
    return [answer.status_code, body.get("code", body.get("status"))]


ORG = {"org": "harbour", "kind": "club", "owner": "olivia"}
CARL = {"org": "harbour", "user": "carl", "hats": ["coach"]}
ADA = {"athlete": "ada", "org": "harbour", "coach": "carl"}
events = [
    send("1", "org.created", ORG, to_binary_event),
    send("2", "member.added", CARL, to_structured_event),
    send("3", "athlete.created", ADA, to_binary_event),
    send("3", "athlete.created", ADA, to_structured_event),
    send("4", "athlete.created", {"athlete": "ben"}, to_binary_event),
]


def refusal(call):
    try:
        call()
    except ApiException as error:
        return [error.status, str(error.code)]
    return None


configuration = ClientConfiguration(
    api_url=url,
    store_id=store,
    credentials=Credentials(method="api_token", configuration=CredentialConfiguration(api_token=key)),
)
READ = {"relation": "sessions_read", "object": "athlete:ada"}
with OpenFgaClient(configuration) as client:
    check = client.check(ClientCheckRequest(user="user:carl", **READ))
    denied = client.check(ClientCheckRequest(user="user:dora", **READ))
    what_if = client.check(
        ClientCheckRequest(
            user="user:dora",
            **READ,
            contextual_tuples=[ClientTuple(user="user:dora", relation="superadmin", object="platform:main")],
        )
    )
    higher = client.check(
        ClientCheckRequest(user="user:carl", **READ), {"consistency": "HIGHER_CONSISTENCY"}
    )
    batch = client.batch_check(
        ClientBatchCheckRequest(
            checks=[
                ClientBatchCheckItem(user=f"user:{name}", correlation_id=name, **READ)
                for name in ("carl", "dora")
            ]
        )
    )
    objects = client.list_objects(
        ClientListObjectsRequest(user="user:carl", relation="can_view", type="athlete")
    )
    streamed = client.streamed_list_objects(
        ClientListObjectsRequest(user="user:carl", relation="can_view", type="athlete")
    )
    users = client.list_users(
        ClientListUsersRequest(
            object=FgaObject(type="athlete", id="ada"),
            relation="current_coach",
            user_filters=[UserTypeFilter(type="user")],
        )
    )
    relations = client.list_relations(
        ClientListRelationsRequest(
            user="user:carl", object="athlete:ada", relations=["can_view", "can_delete", "sessions_read"]
        )
    )
    read = client.read(ReadRequestTupleKey(object="org:harbour", relation="coach_hat"))
    changes = client.read_changes(ClientReadChangesRequest("athlete"))
    expanded = client.expand(ClientExpandRequest(relation="enter_coach", object="org:harbour"))
    models = client.read_authorization_models()
    print(
        json.dumps(
            {
                "events": events,
                "check": [check.allowed, denied.allowed, what_if.allowed, higher.allowed],
                "batch": {one.correlation_id: one.allowed for one in batch.result},
                "objects": objects.objects,
                "streamed": [one.object for one in streamed],
                "users": [f"{one.object.type}:{one.object.id}" for one in users.users],
                "relations": sorted(relations),
                "read": sorted(one.key.user for one in read.tuples),
                "changes": sorted({one.tuple_key.object for one in changes.changes}),
                "expanded": expanded.tree.root.name,
                "store": client.get_store().id,
                "stores": [one.id for one in client.list_stores().stores],
                "models": len(models.authorization_models),
                "refused": [
                    refusal(lambda: client.check(ClientCheckRequest("user:carl", "nope", "athlete:ada"))),
                    refusal(
                        lambda: client.write(
                            ClientWriteRequest(writes=[ClientTuple("user:eve", "superadmin", "platform:main")])
                        )
                    ),
                ],
            }
        )
    )
