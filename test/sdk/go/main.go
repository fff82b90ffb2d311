// The CloudEvents and OpenFGA SDKs for Go as clients of a running Sideline. Prints the answers as one JSON object.
// Arguments: address, API key, id of the store.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"sort"

	cloudevents "github.com/cloudevents/sdk-go/v2"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
	openfga "github.com/openfga/go-sdk"
	"github.com/openfga/go-sdk/client"
	"github.com/openfga/go-sdk/credentials"
)

type object map[string]any

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

// sendEvents sends the same events as the client in Python; the answers are their statuses.
func sendEvents(url, key string) []int {
	to := must(cloudevents.NewHTTP(
		cehttp.WithTarget(url+"/events"), cehttp.WithHeader("authorization", "Bearer "+key)))
	sender := must(cloudevents.NewClient(to))
	binary := cloudevents.WithEncodingBinary(context.Background())
	structured := cloudevents.WithEncodingStructured(context.Background())
	ada := object{"athlete": "ada", "org": "harbour", "coach": "carl"}
	steps := []struct {
		mode     context.Context
		id, kind string
		data     object
	}{
		{binary, "1", "org.created", object{"org": "harbour", "kind": "club", "owner": "olivia"}},
		{structured, "2", "member.added", object{"org": "harbour", "user": "carl", "hats": []string{"coach"}}},
		{binary, "3", "athlete.created", ada},
		{structured, "3", "athlete.created", ada},
		{binary, "4", "athlete.created", object{"athlete": "ben"}},
	}
	statuses := []int{}
	for _, step := range steps {
		event := cloudevents.NewEvent()
		event.SetID(step.id)
		event.SetSource("/go")
		event.SetType(step.kind)
		event.SetExtension("actor", "olivia")
		if err := event.SetData(cloudevents.ApplicationJSON, step.data); err != nil {
			log.Fatal(err)
		}
		result := sender.Send(step.mode, event)
		var answer *cehttp.Result
		if !cloudevents.ResultAs(result, &answer) {
			log.Fatal(result)
		}
		statuses = append(statuses, answer.StatusCode)
	}
	return statuses
}

// refusal returns the status and the code of a refused call.
func refusal(err error) []any {
	var validation openfga.FgaApiValidationError
	if errors.As(err, &validation) {
		return []any{validation.ResponseStatusCode(), fmt.Sprint(validation.ResponseCode())}
	}
	var forbidden openfga.FgaApiAuthenticationError
	if errors.As(err, &forbidden) {
		// This SDK reads no code from a 403.
		var body struct{ Code string }
		must(0, json.Unmarshal(forbidden.Body(), &body))
		return []any{forbidden.ResponseStatusCode(), body.Code}
	}
	return []any{fmt.Sprintf("%T", err)}
}

func main() {
	url, key, store := os.Args[1], os.Args[2], os.Args[3]
	events := sendEvents(url, key)
	ctx := context.Background()
	fga := must(client.NewSdkClient(&client.ClientConfiguration{
		ApiUrl: url, StoreId: store,
		Credentials: &credentials.Credentials{
			Method: credentials.CredentialsMethodApiToken, Config: &credentials.Config{ApiToken: key},
		},
	}))
	check := func(user string, tuples ...client.ClientContextualTupleKey) bool {
		return must(fga.Check(ctx).Body(client.ClientCheckRequest{
			User: user, Relation: "sessions_read", Object: "athlete:ada", ContextualTuples: tuples,
		}).Execute()).GetAllowed()
	}
	superadmin := client.ClientContextualTupleKey{User: "user:dora", Relation: "superadmin", Object: "platform:main"}
	objects := must(fga.ListObjects(ctx).Body(client.ClientListObjectsRequest{
		User: "user:carl", Relation: "can_view", Type: "athlete",
	}).Execute())
	users := []string{}
	for _, user := range must(fga.ListUsers(ctx).Body(client.ClientListUsersRequest{
		Object: openfga.FgaObject{Type: "athlete", Id: "ada"}, Relation: "current_coach",
		UserFilters: []openfga.UserTypeFilter{{Type: "user"}},
	}).Execute()).Users {
		users = append(users, user.Object.Type+":"+user.Object.Id)
	}
	relations := must(fga.ListRelations(ctx).Body(client.ClientListRelationsRequest{
		User: "user:carl", Object: "athlete:ada", Relations: []string{"can_view", "can_delete", "sessions_read"},
	}).Execute()).Relations
	sort.Strings(relations)
	read := []string{}
	for _, tuple := range must(fga.Read(ctx).Body(client.ClientReadRequest{
		Object: openfga.PtrString("org:harbour"), Relation: openfga.PtrString("coach_hat"),
	}).Execute()).Tuples {
		read = append(read, tuple.Key.User)
	}
	sort.Strings(read)
	changed := map[string]bool{}
	for _, change := range must(fga.ReadChanges(ctx).Body(
		client.ClientReadChangesRequest{Type: "athlete"}).Execute()).Changes {
		changed[change.TupleKey.Object] = true
	}
	changes := []string{}
	for name := range changed {
		changes = append(changes, name)
	}
	sort.Strings(changes)
	expanded := must(fga.Expand(ctx).Body(
		client.ClientExpandRequest{Relation: "enter_coach", Object: "org:harbour"}).Execute())
	stores := []string{}
	for _, one := range must(fga.ListStores(ctx).Execute()).Stores {
		stores = append(stores, one.Id)
	}
	_, unknown := fga.Check(ctx).Body(client.ClientCheckRequest{
		User: "user:carl", Relation: "nope", Object: "athlete:ada",
	}).Execute()
	_, written := fga.Write(ctx).Body(client.ClientWriteRequest{
		Writes: []client.ClientTupleKey{{User: "user:eve", Relation: "superadmin", Object: "platform:main"}},
	}).Execute()
	must(0, json.NewEncoder(os.Stdout).Encode(object{
		"events": events, "check": []bool{check("user:carl"), check("user:dora"), check("user:dora", superadmin)},
		"objects": objects.Objects, "users": users, "relations": relations, "read": read, "changes": changes,
		"expanded": expanded.Tree.Root.Name, "store": must(fga.GetStore(ctx).Execute()).Id, "stores": stores,
		"models":  len(must(fga.ReadAuthorizationModels(ctx).Execute()).AuthorizationModels),
		"refused": [][]any{refusal(unknown), refusal(written)},
	}))
}
