using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Grains.Tests.Cluster;

namespace Audrey.Grains.Tests.Instance;

[Collection(ClusterCollection.Name)]
public sealed class GuestCredentialsTests(ClusterFixture fixture)
{
    private readonly DateTimeOffset _began = TimeProvider.System.GetUtcNow();

    private IGuestCredentialsGrain Credentials => fixture.Grains.GetGrain<IGuestCredentialsGrain>(0);

    [Fact]
    public async Task A_credential_is_found_without_an_activation_of_its_instance()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"]));
        await fixture.Restart(d.Guest("db"));

        var credential = await Credentials.Find(d.InstanceId("db"));
        Assert.Equal((1, "secret of db", d.Id.Value), (credential!.Generation, credential.Secret, credential.Deployable));
        Assert.False(fixture.IsInMemory(d.Guest("db")));
        Assert.Equal(credential, await d.Guest("db").GetCredential());
    }

    [Fact]
    public async Task An_unknown_id_has_no_credential_and_is_not_activated()
    {
        var d = fixture.Deployment();
        Assert.Null(await Credentials.Find(d.InstanceId("nobody")));
        Assert.False(fixture.IsInMemory(d.Guest("nobody")));
    }

    [Fact]
    public async Task A_registration_a_rotation_and_a_deletion_are_seen_by_the_next_call()
    {
        var d = fixture.Deployment();
        Assert.Null(await Credentials.Find(d.InstanceId("db")));
        await d.Register(d.Config("db"));
        Assert.Equal("secret of db", (await Credentials.Find(d.InstanceId("db")))!.Secret);

        var rotated = await d.Instance("db").RotateSecret(d.Command(), TimeSpan.FromHours(1));
        var credential = (await Credentials.Find(d.InstanceId("db")))!;
        Assert.Equal((rotated.Secret, "secret of db", 1), (credential.Secret, credential.PreviousSecret, credential.SecretNumber));

        await d.Grain.Delete(d.Command());
        Assert.Null(await Credentials.Find(d.InstanceId("db")));
    }

    [Fact]
    public async Task Wrong_secrets_are_in_the_report_without_a_write_and_survive_the_end_of_the_activation()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db"));
        var writes = fixture.Storage.Writes(d.Tag, "reported");
        Assert.Null((await d.Report("db")).WrongSecrets);
        await d.Guest("db").AddWrongSecrets(1, new WrongSecretCount(3, _began));
        await d.Guest("db").AddWrongSecrets(1, new WrongSecretCount(4, _began.AddMinutes(1)));
        await d.Guest("db").AddWrongSecrets(2, new WrongSecretCount(5, _began));
        Assert.Equal(new WrongSecretCount(7, _began), (await d.Report("db")).WrongSecrets);
        Assert.Equal(writes, fixture.Storage.Writes(d.Tag, "reported"));

        await fixture.Restart(d.Guest("db"));
        Assert.Equal(new WrongSecretCount(7, _began), (await d.Report("db")).WrongSecrets);
        Assert.Equal(writes + 1, fixture.Storage.Writes(d.Tag, "reported"));

        await d.Register(d.Config("db"));
        Assert.Null((await d.Report("db")).WrongSecrets);
    }

    [Fact]
    public async Task Wrong_secrets_for_an_id_that_is_not_registered_are_ignored()
    {
        var d = fixture.Deployment();
        await d.Guest("nobody").AddWrongSecrets(1, new WrongSecretCount(1, _began));
        await d.Register(d.Config("nobody"));
        Assert.Null((await d.Report("nobody")).WrongSecrets);
    }
}
