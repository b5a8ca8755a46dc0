using Audrey.Client;
using Audrey.Core.Access;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;

namespace Audrey.EndToEnd.Tests.ClientPort;

/// <summary>The rule of one method of the client library.</summary>
/// <param name="Action">The kind of action that the method performs. It determines which roles may call the method.</param>
/// <param name="Foreign">The result for a conductor that does not own the deployable.</param>
/// <param name="Call">
/// Calls the method for a deployable and a conductor. Returns false if the call succeeded but neither showed nor changed anything of the
/// deployable.
/// </param>
internal sealed record LibraryCall(ConductorAction Action, string Foreign, Func<IAudreyClient, DeployableId, ConductorKey, Task<bool>> Call)
{
    public const string Allowed = "yes";

    /// <summary>The credential was not accepted when the client connected.</summary>
    public const string Unproven = "unproven";

    /// <summary>The role does not permit the call.</summary>
    public const string Role = "role";

    /// <summary>The call succeeded, but it neither showed nor changed anything of the other conductor.</summary>
    public const string Nothing = "nothing";

    /// <summary>The rules of all methods. If a method has no rule, the test fails.</summary>
    public static readonly IReadOnlyDictionary<string, LibraryCall> Table = new Dictionary<string, LibraryCall>
    {
        [nameof(IAudreyClient.RegisterInstanceAsync)] = new(ConductorAction.Change, "conflict", async (client, id, _) =>
        {
            await client.RegisterInstanceAsync(Instance(id, 2));
            return true;
        }),
        [nameof(IAudreyClient.RegisterDeployableAsync)] = new(ConductorAction.Change, "conflict", async (client, id, _) =>
        {
            await client.RegisterDeployableAsync(Instances(id));
            return true;
        }),
        [nameof(IAudreyClient.CompareDeployableAsync)] = new(ConductorAction.Change, "not found", async (client, id, _) =>
            (await client.CompareDeployableAsync(Instances(id))).OtherIds == 0),
        [nameof(IAudreyClient.GetFactsAsync)] = new(ConductorAction.Read, "not found", async (client, id, _) =>
            (await client.GetFactsAsync(Instance(id, 0).Id)).Deployable == id),
        [nameof(IAudreyClient.GetInstanceStatusAsync)] = new(ConductorAction.Read, "not found", async (client, id, _) =>
            (await client.GetInstanceStatusAsync(Instance(id, 0).Id)).Assembly == "web"),
        [nameof(IAudreyClient.GetDeployableStatusAsync)] = new(ConductorAction.Read, "not found", async (client, id, _) =>
            (await client.GetDeployableStatusAsync(id)).Instances.Length > 0),
        [nameof(IAudreyClient.ListInstancesAsync)] = new(ConductorAction.Read, "not found", async (client, id, _) =>
            await client.ListInstancesAsync(id, null).AnyAsync()),
        [nameof(IAudreyClient.GetDeployableSummaryAsync)] = new(ConductorAction.Read, "not found", async (client, id, _) =>
            (await client.GetDeployableSummaryAsync(id)).Id == id),
        [nameof(IAudreyClient.FindInstancesAsync)] = new(ConductorAction.Read, "not found", async (client, id, _) =>
        {
            // The counts have an instance about a second after its registration at the latest.
            await client.FindInstancesAsync(id, InstanceFilter.All).CountAsync();
            return true;
        }),
        [nameof(IAudreyClient.ScaleAsync)] = new(ConductorAction.Change, "not found", async (client, id, _) =>
            (await client.ScaleAsync(id, "web", 3)).Added.Length > 0),
        [nameof(IAudreyClient.RemoveMembersAsync)] = new(ConductorAction.Change, "not found", async (client, id, _) =>
            (await client.RemoveMembersAsync(id, "web", ["web-0"])).Removed.Length > 0),
        [nameof(IAudreyClient.ReplaceInstanceAsync)] = new(ConductorAction.Change, "not found", async (client, id, _) =>
            (await client.ReplaceInstanceAsync(Instance(id, 0).Id)).Length > 0),
        [nameof(IAudreyClient.RotateInstanceSecretAsync)] = new(ConductorAction.Change, "not found", async (client, id, _) =>
            (await client.RotateInstanceSecretAsync(Instance(id, 0).Id)).Secret.Length > 0),
        [nameof(IAudreyClient.RetryServicesAsync)] = new(ConductorAction.Change, "not found", async (client, id, _) =>
        {
            try
            {
                await client.RetryServicesAsync(Instance(id, 0).Id);
                return false;
            }
            catch (RefusedException)
            {
                // The instance has no failed service. Only its conductor is told so.
                return true;
            }
        }),
        [nameof(IAudreyClient.DeleteDeployableAsync)] = new(ConductorAction.Change, Nothing, async (client, id, _) =>
        {
            await client.DeleteDeployableAsync(id);
            return true;
        }),
        [nameof(IAudreyClient.ListDeployablesAsync)] = new(ConductorAction.Read, Nothing, async (client, id, _) =>
            await client.ListDeployablesAsync().ContainsAsync(id)),
        [nameof(IAudreyClient.GetEventsAsync)] = new(ConductorAction.Read, "not found", async (client, id, _) =>
            !(await client.GetEventsAsync(id)).HasEnded),
        [nameof(IAudreyClient.ReadEventsAsync)] = new(ConductorAction.Read, "not found", async (client, id, _) =>
            await client.ReadEventsAsync(id).AnyAsync()),
        [nameof(IAudreyClient.AddConductorAsync)] = new(ConductorAction.Administer, Role, async (client, _, key) =>
            (await client.AddConductorAsync(ConductorKey.Parse($"{key}-{Guid.NewGuid():N}"))).Secret.Length > 0),
        [nameof(IAudreyClient.ListConductorsAsync)] = new(ConductorAction.Administer, Role, async (client, _, key) =>
            (await client.ListConductorsAsync()).Any(conductor => conductor.Key == key)),
        [nameof(IAudreyClient.RotateConductorAsync)] = new(ConductorAction.Administer, Role, async (client, _, key) =>
            (await client.RotateConductorAsync(key)).Secret.Length > 0),
        [nameof(IAudreyClient.RevokeConductorAsync)] = new(ConductorAction.Administer, Role, async (client, _, key) =>
        {
            await client.RevokeConductorAsync(key);
            return true;
        }),
        [nameof(IAudreyClient.HandOverDeployableAsync)] = new(ConductorAction.Administer, Role, async (client, id, key) =>
        {
            await client.HandOverDeployableAsync(id, key);
            return true;
        }),
        [nameof(IAudreyClient.GetAuditAsync)] = new(ConductorAction.Administer, Role, async (client, _, _) =>
            (await client.GetAuditAsync()).Entries.Length > 0),
    };

    /// <summary>Returns the instances of a deployable. All of them belong to one group.</summary>
    public static InstanceConfig[] Instances(DeployableId id) => [Instance(id, 0), Instance(id, 1)];

    /// <summary>Returns the expected result.</summary>
    public string Expect(ClientIdentity identity) => identity switch
    {
        ClientIdentity.OtherConductor => Foreign,
        ClientIdentity.Viewer => Permit(ConductorRole.Viewer),
        ClientIdentity.Operator or ClientIdentity.OldSecret or ClientIdentity.NewSecret => Permit(ConductorRole.Operator),
        ClientIdentity.Administrator => Permit(ConductorRole.Administrator),
        _ => Unproven,
    };

    private static InstanceConfig Instance(DeployableId id, int ordinal) => new()
    {
        Id = InstanceId.Parse($"{id}-{ordinal}"),
        Name = "web",
        Ordinal = ordinal,
        Secret = $"secret-of-{id}-{ordinal}",
        Deployable = id,
        DeployableName = "access",
    };

    private string Permit(ConductorRole role) => role.Permits(Action) ? Allowed : Role;
}

/// <summary>The identity as which the client library is used.</summary>
internal enum ClientIdentity
{
    Nobody,
    UnknownKey,
    WrongSecret,
    Revoked,
    Guest,
    OtherGuest,
    OtherConductor,
    Viewer,
    Operator,
    OldSecret,
    NewSecret,
    Administrator,
}
