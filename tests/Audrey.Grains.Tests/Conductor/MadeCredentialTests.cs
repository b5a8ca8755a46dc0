using Audrey.Abstractions.Conductors;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Grains.Tests.Cluster;

namespace Audrey.Grains.Tests.Conductor;

/// <summary>The credential that a cluster makes for itself. Each test has a list of credentials of its own.</summary>
[Collection(ClusterCollection.Name)]
public sealed class MadeCredentialTests(ClusterFixture cluster)
{
    private static readonly ConductorKey Kim = ConductorKey.Parse("kim");

    private readonly ICredentialsGrain _grain = cluster.Grains.GetGrain<ICredentialsGrain>($"x:made-{Guid.NewGuid():n}");

    [Fact]
    public async Task All_servers_get_the_credential_that_the_first_one_caused_also_after_a_restart()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _grain.GetMade(null, null)));
        await cluster.Restart(_grain);
        var later = (await _grain.GetMade(null, null))!;

        Assert.All(made, one => Assert.Equal((later.Key, later.Secret), (one!.Key, one.Secret)));
        Assert.Equal((ConductorKey.Default, ConductorRole.Administrator, 64), (later.Key, later.Role, later.Secret.Length));
        Assert.Equal(later.Secret, Assert.Single((await _grain.Read(-1))!.Credentials).Secret);
    }

    [Fact]
    public async Task The_credentials_that_servers_of_earlier_versions_made_are_taken_over()
    {
        var (one, other) = (ConductorKey.Parse("conductor-ebae299b"), ConductorKey.Parse("conductor-1"));

        Assert.Equal((one, "secret of one"), Of(await _grain.GetMade(one, "secret of one")));
        Assert.Equal((other, "secret of other"), Of(await _grain.GetMade(other, "secret of other")));
        Assert.Equal((one, "secret of one"), Of(await _grain.GetMade(null, null)));
        Assert.Equal((other, "secret of other"), Of(await _grain.GetMade(other, "secret of other")));
        Assert.Equal([one, other], (await _grain.List()).Select(credential => credential.Key));
    }

    [Fact]
    public async Task A_server_whose_file_is_older_than_a_rotation_gets_the_new_secret()
    {
        var made = (await _grain.GetMade(null, null))!;
        var rotated = await _grain.Rotate(made.Key, TimeSpan.Zero, new RequestMark(1, 1, 1));
        Assert.Equal((made.Key, rotated.Secret!), Of(await _grain.GetMade(made.Key, made.Secret)));
    }

    [Fact]
    public async Task A_file_does_not_bring_a_revoked_credential_back()
    {
        var made = (await _grain.GetMade(null, null))!;
        await _grain.Add(Kim, ConductorRole.Administrator, null, new RequestMark(1, 1, 1));
        await _grain.Revoke(made.Key);

        Assert.Null(await _grain.GetMade(made.Key, made.Secret));
        Assert.Null(await _grain.GetMade(null, null));

        // A cluster without any administrator could not be administered.
        await _grain.Revoke(Kim);
        Assert.NotEqual(made.Secret, (await _grain.GetMade(made.Key, made.Secret))!.Secret);
    }

    [Fact]
    public async Task A_conductor_that_was_added_keeps_its_key()
    {
        await _grain.Add(ConductorKey.Default, ConductorRole.Operator, null, new RequestMark(1, 1, 1));
        Assert.Equal("conductor-2", (await _grain.GetMade(null, null))!.Key.Value);
        Assert.Equal("conductor-2", (await _grain.GetMade(ConductorKey.Default, "a secret of another cluster"))!.Key.Value);
    }

    private static (ConductorKey Key, string Secret) Of(StoredCredential? made) => (made!.Key, made.Secret);
}
