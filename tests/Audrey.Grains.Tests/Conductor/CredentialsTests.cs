using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Grains.Tests.Cluster;

namespace Audrey.Grains.Tests.Conductor;

[Collection(ClusterCollection.Name)]
public sealed class CredentialsTests(ClusterFixture cluster)
{
    private static ulong _nonces;

    private ICredentialsGrain Grain => cluster.Grains.GetGrain<ICredentialsGrain>(GrainKeys.Credentials);

    [Fact]
    public async Task A_command_that_arrives_twice_is_carried_out_once()
    {
        var (key, add, rotate) = (ConductorKey.Parse("twice"), Mark(), Mark());
        var added = await Add(key, add);
        Assert.Equal((CredentialOutcome.Done, 64), (added.Outcome, added.Secret!.Length));
        Assert.Equal(added, await Add(key, add));
        Assert.Equal(new CredentialAnswer(CredentialOutcome.Exists, null), await Add(key, Mark()));

        var rotated = await Grain.Rotate(key, TimeSpan.Zero, rotate);
        Assert.NotEqual(added.Secret, rotated.Secret);
        Assert.Equal(rotated, await Grain.Rotate(key, TimeSpan.Zero, rotate));
    }

    [Fact]
    public async Task A_caller_with_the_current_version_receives_no_credentials()
    {
        await Add(ConductorKey.Parse("versions"), Mark());
        var set = (await Grain.Read(-1))!;
        Assert.Null(await Grain.Read(set.Version));
        await Grain.Revoke(ConductorKey.Parse("versions"));
        Assert.True((await Grain.Read(set.Version))!.Version > set.Version);
    }

    [Fact]
    public async Task The_previous_secret_is_kept_for_the_overlap_but_for_at_most_a_month()
    {
        var key = ConductorKey.Parse("overlap");
        var first = await Add(key, Mark());
        var second = await Grain.Rotate(key, TimeSpan.FromDays(365), Mark());
        var stored = await Find(key);
        Assert.Equal((second.Secret, first.Secret), (stored.Secret, stored.PreviousSecret));
        Assert.Equal(CredentialRules.MaxOverlap, stored.PreviousUntil - stored.Rotated);

        await Grain.Rotate(key, TimeSpan.Zero, Mark());
        stored = await Find(key);
        Assert.Null(stored.PreviousSecret);
        Assert.Null(stored.PreviousUntil);
    }

    [Fact]
    public async Task A_credential_keeps_its_role_and_its_conductor_through_a_rotation_and_a_restart()
    {
        var (key, shop) = (ConductorKey.Parse("kim"), ConductorKey.Parse("shop"));
        await Grain.Add(key, ConductorRole.Viewer, shop, Mark());
        await Grain.Rotate(key, TimeSpan.Zero, Mark());
        await cluster.Restart(Grain);
        var stored = await Find(key);
        Assert.Equal((ConductorRole.Viewer, shop), (stored.Role, stored.ActsFor));
        var summary = Assert.Single(await Grain.List(), summary => summary.Key == key);
        Assert.Equal((ConductorRole.Viewer, shop), (summary.Role, summary.ActsFor));
    }

    [Fact]
    public async Task A_revoked_credential_stays_revoked_after_a_restart()
    {
        var (kept, gone) = (ConductorKey.Parse("kept"), ConductorKey.Parse("gone"));
        var secret = (await Add(kept, Mark())).Secret;
        await Add(gone, Mark());
        Assert.Equal(CredentialOutcome.Done, await Grain.Revoke(gone));
        Assert.Equal(CredentialOutcome.NotFound, await Grain.Revoke(gone));
        Assert.Equal(CredentialOutcome.NotFound, (await Grain.Rotate(gone, TimeSpan.Zero, Mark())).Outcome);

        await cluster.Restart(Grain);
        Assert.Equal(secret, (await Find(kept)).Secret);
        var listed = await Grain.List();
        Assert.Contains(listed, credential => credential.Key == kept);
        Assert.DoesNotContain(listed, credential => credential.Key == gone);
    }

    [Fact]
    public async Task A_key_with_a_colon_is_refused()
    {
        Assert.Equal(new CredentialAnswer(CredentialOutcome.KeyRefused, null), await Add(ConductorKey.Parse("a:b"), Mark()));
        Assert.DoesNotContain(await Grain.List(), credential => credential.Key.Value == "a:b");
    }

    private static RequestMark Mark() => new(1, Interlocked.Increment(ref _nonces), 0);

    private Task<CredentialAnswer> Add(ConductorKey key, RequestMark mark) => Grain.Add(key, ConductorRole.Operator, null, mark);

    private async Task<StoredCredential> Find(ConductorKey key) =>
        (await Grain.Read(-1))!.Credentials.Single(credential => credential.Key == key);
}
