using System.Text;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Credentials;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Gateway.Tests.Credentials;

public sealed class ConductorDirectoryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<long> _reads = [];
    private readonly ConductorDirectory _directory;
    private CredentialSet _set = new(1, [Stored("added")]);
    private bool _isAway;

    public ConductorDirectoryTests() =>
        _directory = new ConductorDirectory(new Configured(), new AddedCredentials(known => new(Read(known)), _time), _time);

    [Fact]
    public async Task A_conductor_from_the_settings_is_verified_without_the_cluster()
    {
        _isAway = true;
        var identity = await _directory.Verify(new Proof("configured", "secret of configured"));
        var key = ConductorKey.Parse("configured");
        Assert.Equal(new ConductorIdentity(key, ConductorRole.Administrator, key), identity);
        Assert.Empty(_reads);
    }

    [Fact]
    public async Task An_added_conductor_is_verified_with_one_read_and_then_from_memory()
    {
        Assert.Null(_directory.TryVerifyCached(Right));
        var key = ConductorKey.Parse("added");
        Assert.Equal(new ConductorIdentity(key, ConductorRole.Operator, key), await _directory.Verify(Right));
        Assert.NotNull(_directory.TryVerifyCached(Right));
        Assert.NotNull(await _directory.Verify(Right));
        Assert.Single(_reads);
    }

    [Fact]
    public async Task Credentials_in_memory_are_used_for_at_most_five_seconds()
    {
        await _directory.Verify(Right);
        _time.Advance(AddedCredentials.MaxAge);
        Assert.NotNull(_directory.TryVerifyCached(Right));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(_directory.TryVerifyCached(Right));
        Assert.Equal(TimeSpan.FromSeconds(5), AddedCredentials.MaxAge);
    }

    [Fact]
    public async Task A_revoked_conductor_is_refused_once_the_credentials_in_memory_are_too_old()
    {
        await _directory.Verify(Right);
        _set = new(2, []);
        Assert.NotNull(await _directory.Verify(Right));
        _time.Advance(AddedCredentials.MaxAge + TimeSpan.FromTicks(1));
        Assert.Null(await _directory.Verify(Right));
    }

    [Fact]
    public async Task The_new_secret_of_a_rotation_is_accepted_immediately_and_the_previous_one_until_the_overlap_ends()
    {
        await _directory.Verify(Right);
        var until = _time.GetUtcNow() + TimeSpan.FromHours(1);
        _set = new(2, [Stored("added") with { Secret = "new", PreviousSecret = Secret, PreviousUntil = until }]);
        _time.Advance(AddedCredentials.MinInterval);
        Assert.NotNull(await _directory.Verify(new Proof("added", "new")));
        _time.Advance(until - TimeSpan.FromTicks(1) - _time.GetUtcNow());
        Assert.NotNull(await _directory.Verify(Right));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(_directory.TryVerifyCached(Right));
        Assert.NotNull(_directory.TryVerifyCached(new Proof("added", "new")));
    }

    [Fact]
    public async Task Credentials_are_read_again_only_after_a_change()
    {
        await _directory.VerifyFresh(Right);
        _time.Advance(AddedCredentials.MaxAge * 2);
        Assert.NotNull(await _directory.VerifyFresh(Right));
        Assert.NotNull(_directory.TryVerifyCached(Right));
        Assert.Equal([-1, 1], _reads);
    }

    [Fact]
    public async Task All_requests_with_unknown_keys_in_250_ms_share_one_read()
    {
        await _directory.Verify(new Proof("unknown", Secret));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Task<ConductorIdentity?>[] verifying =
            [.. Enumerable.Range(0, 100).Select(number => _directory.Verify(new Proof($"unknown-{number}", Secret)).AsTask())];
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Single(_reads);
        Assert.All(verifying, each => Assert.False(each.IsCompleted));
        _time.Advance(AddedCredentials.MinInterval);
        Assert.All(await Task.WhenAll(verifying), Assert.Null);
        Assert.Equal(2, _reads.Count);
    }

    [Fact]
    public async Task If_the_cluster_is_unavailable_added_conductors_are_refused_once_the_credentials_in_memory_expire()
    {
        await _directory.Verify(Right);
        _isAway = true;
        _time.Advance(AddedCredentials.MaxAge * 2);
        await Assert.ThrowsAsync<TimeoutException>(() => _directory.Verify(Right).AsTask());
        _isAway = false;
        Assert.NotNull(await _directory.Verify(Right));
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("configured")]
    [InlineData("added")]
    [InlineData("rotated")]
    public async Task Before_every_refusal_the_same_number_of_secrets_is_verified_and_the_cluster_is_read_once(string key)
    {
        _set = new(1, [Stored("added"), Stored("rotated") with { PreviousSecret = "before", PreviousUntil = DateTimeOffset.MaxValue }]);
        await _directory.VerifyFresh(Right);
        _time.Advance(AddedCredentials.MinInterval);
        var tried = new List<string>();
        Assert.Null(await _directory.Verify(new Proof(key, "wrong", tried)));
        Assert.Equal((4, 2), (tried.Count, _reads.Count));
    }

    [Fact]
    public async Task A_caller_with_a_credential_that_acts_for_another_conductor_gets_the_identity_of_that_conductor()
    {
        _set = new(1, [Stored("added") with { Role = ConductorRole.Viewer, ActsFor = ConductorKey.Parse("shop") }]);
        Assert.Equal(
            new ConductorIdentity(ConductorKey.Parse("shop"), ConductorRole.Viewer, ConductorKey.Parse("added")),
            await _directory.Verify(Right));
    }

    [Fact]
    public async Task A_key_in_the_settings_is_not_looked_up_among_added_credentials()
    {
        _set = new(1, [Stored("configured")]);
        Assert.Null(await _directory.Verify(new Proof("configured", Secret)));
    }

    private const string Secret = "secret of added";

    private static Proof Right => new("added", Secret);

    private static StoredCredential Stored(string key) =>
        new() { Key = ConductorKey.Parse(key), Secret = Secret, Created = default, Issued = default };

    private CredentialSet? Read(long known)
    {
        if (_isAway) throw new TimeoutException();
        _reads.Add(known);
        return known == _set.Version ? null : _set;
    }

    private readonly struct Proof(string key, string secret, List<string>? tried = null) : ICredentialProof
    {
        public string Key => key;

        public bool IsMadeWith(ReadOnlySpan<byte> candidate)
        {
            var text = Encoding.UTF8.GetString(candidate);
            tried?.Add(text);
            return text == secret;
        }
    }

    private sealed class Configured : IConfiguredCredentials
    {
        private readonly ConductorCredential _credential =
            new(ConductorKey.Parse("configured"), "secret of configured", ConductorRole.Administrator);

        public IEnumerable<ConductorCredential> All => [_credential];

        public ConductorCredential? Find(string key) => key == "configured" ? _credential : null;
    }
}
