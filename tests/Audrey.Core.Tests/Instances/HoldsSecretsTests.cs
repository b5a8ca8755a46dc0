using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;

namespace Audrey.Core.Tests.Instances;

/// <summary>Each row records whether it holds a secret, so that the storage does not need to know which parameters are secret.</summary>
public sealed class HoldsSecretsTests
{
    private static readonly InstanceConfig Config = new()
    {
        Id = InstanceId.Parse("db"),
        Name = "db",
        Secret = "s",
        Deployable = DeployableId.Parse("d"),
        DeployableName = "d",
        ProvidedParameters = ["port", "password"],
        SecretParameters = ["password", "not declared"],
    };

    private ulong _nonces;

    [Fact]
    public void A_reported_row_holds_secrets_from_its_first_secret_value_on()
    {
        var row = Give(new InstanceReported(), "port");
        Assert.False(row.HoldsSecrets);
        row = Give(row, "not declared");
        Assert.False(row.HoldsSecrets);
        row = Give(row, "password");
        Assert.True(row.HoldsSecrets);
        row = Give(row, "port");
        Assert.True(row.HoldsSecrets);
    }

    [Fact]
    public void If_no_parameter_is_secret_a_reported_row_holds_no_secrets()
    {
        var row = Provisioning.Apply(Config with { SecretParameters = default }, new(), [new("password", [1])], [], Contact(), default);
        Assert.False(row.HoldsSecrets);
        Assert.Single(row.Values);
    }

    [Fact]
    public void A_new_registration_invalidates_the_values_and_their_secrets()
    {
        var definition = new InstanceDefinition().Register(Config, ConductorKey.Parse("c"), 1, 0, 0, null, default);
        var row = Give(new InstanceReported().Under(definition), "password");
        Assert.True(row.HoldsSecrets);
        Assert.False(row.Under(definition.Register(Config, ConductorKey.Parse("c"), 1, 0, row.Version, null, default)).HoldsSecrets);
    }

    [Fact]
    public void A_definition_holds_secrets_while_it_is_registered()
    {
        var definition = new InstanceDefinition();
        Assert.False(definition.HoldsSecrets);
        definition = definition.Register(Config, ConductorKey.Parse("c"), 1, 0, 0, null, default);
        Assert.True(definition.HoldsSecrets);
        Assert.False(definition.Delete(1, new EndedMembership(Config.Deployable, 1)).HoldsSecrets);
    }

    private InstanceReported Give(InstanceReported before, string name) =>
        Provisioning.Apply(Config, before, [new NamedValue(name, [1])], [], Contact(), default);

    private Contact Contact() => new("10.0.0.1", NotesAddress: true, ProvidesAddress: false, new RequestMark(1, ++_nonces, 0));
}
