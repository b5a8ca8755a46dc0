using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text;
using Audrey.Client;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;
using Orleans.Runtime;
using Xunit.Abstractions;
using static Audrey.EndToEnd.Tests.ClientPort.PortServers;

namespace Audrey.EndToEnd.Tests.ClientPort;

/// <summary>
/// Every identity calls every method of the client library, and of every grain interface, at the port of a real silo.
/// </summary>
[Collection(ProcessTests.Name)]
public sealed class ClientAccessTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Regenerate = "AUDREY_CLIENT_ACCESS", Owner = "owner", Server = "gateway without a silo";

    private static readonly ClientIdentity[] Accepted =
    [
        ClientIdentity.OtherConductor, ClientIdentity.Viewer, ClientIdentity.Operator, ClientIdentity.OldSecret, ClientIdentity.NewSecret,
        ClientIdentity.Administrator,
    ];

    private static readonly string Page = Path.Combine(AppContext.BaseDirectory, "Docs", "client-access.md");

    private readonly Dictionary<ClientIdentity, (string Key, string Secret)> _credentials = [];
    private PortServers _servers = null!;
    private int _numbers;

    public async Task InitializeAsync()
    {
        _servers = await Start(onPostgreSql: false, ownGateway: false);
        var old = await _servers.Add("rotated", ConductorRole.Operator, Owner);
        var rotated = await _servers.Credentials.Rotate(ConductorKey.Parse("rotated"), TimeSpan.FromHours(1), NewMark());
        var revoked = await _servers.Add("revoked", ConductorRole.Administrator, Owner);
        await _servers.Revoke("revoked");
        _credentials[ClientIdentity.Nobody] = ("nobody", "");
        _credentials[ClientIdentity.UnknownKey] = ("unknown", "a secret");
        _credentials[ClientIdentity.WrongSecret] = (Owner, "a wrong secret");
        _credentials[ClientIdentity.Revoked] = ("revoked", revoked);
        _credentials[ClientIdentity.Guest] = ("guests-0", "secret-of-guests-0");
        _credentials[ClientIdentity.OtherGuest] = ("guests-1", "secret-of-guests-1");
        _credentials[ClientIdentity.OtherConductor] = (RunningServer.OtherConductorKey, RunningServer.OtherConductorSecret);
        _credentials[ClientIdentity.Viewer] = ("viewer", await _servers.Add("viewer", ConductorRole.Viewer, Owner));
        _credentials[ClientIdentity.Operator] = (Owner, await _servers.Add(Owner, ConductorRole.Operator));
        _credentials[ClientIdentity.OldSecret] = ("rotated", old);
        _credentials[ClientIdentity.NewSecret] = ("rotated", rotated.Secret!);
        _credentials[ClientIdentity.Administrator] = ("admin", await _servers.Add("admin", ConductorRole.Administrator, Owner));
    }

    public async Task DisposeAsync() => await _servers.DisposeAsync();

    /// <summary>With AUDREY_CLIENT_ACCESS=FILE the test writes the page to that file.</summary>
    [Fact]
    public async Task Every_caller_gets_the_result_that_the_rules_state_and_the_page_shows_the_results()
    {
        var methods = typeof(IAudreyClient).GetMethods().Where(method => !method.IsSpecialName).Select(method => method.Name).ToArray();
        Assert.Equal(LibraryCall.Table.Keys.Order(StringComparer.Ordinal), methods.Order(StringComparer.Ordinal));

        var called = await CallLibrary(methods);
        var wrong = from cell in called
                    let expected = LibraryCall.Table[cell.Key.Method].Expect(cell.Key.Identity)
                    where cell.Value != expected
                    select $"{cell.Key}: {cell.Value}, not {expected}";
        Assert.Empty(wrong);

        var operations = await CallOperations();
        Assert.Empty(from cell in operations
                     let expected = OperationsAccess.Expect(cell.Key.Method, RoleOf(cell.Key.Identity))
                     where cell.Value != expected
                     select $"{cell.Key}: {cell.Value}, not {expected}");

        var (access, interfaces) = await CallGrains();
        Assert.Empty(access.Wrong);
        foreach (var (cell, passed) in access.Reached)
        {
            if (cell.Caller == Server && cell.Interface.Contains("system target", StringComparison.Ordinal))
                Assert.False(passed, $"{cell}");
            if (cell.Caller == Server) continue;
            var isReachable = cell.Interface is "IConductorOperations" or "Orleans: IClusterManifestSystemTarget";
            Assert.True((isReachable && Accepted.Any(identity => Words(identity) == cell.Caller)) == passed, $"{cell}: {passed}");
        }

        var page = PageOf(methods, called, operations, interfaces, access.Reached);
        if (Environment.GetEnvironmentVariable(Regenerate) is { Length: > 0 } file) await File.WriteAllTextAsync(file, page);
        output.WriteLine(
            $"{called.Count} cells of {methods.Length} methods of the library, {operations.Count} of {OperationsAccess.Methods.Length} "
            + $"operations, {access.Sent} messages to {interfaces.Count} interfaces");
        Assert.Equal(page, await File.ReadAllTextAsync(Page));
    }

    private async Task<ConcurrentDictionary<(string Method, ClientIdentity Identity), string>> CallLibrary(string[] methods)
    {
        var found = new ConcurrentDictionary<(string Method, ClientIdentity Identity), string>();
        var (key, secret) = _credentials[ClientIdentity.Operator];
        await using var owner = await _servers.Silo.Connect(key, secret);
        await owner.RegisterDeployableAsync(LibraryCall.Instances(DeployableId.Parse("guests")));
        foreach (var identity in Enum.GetValues<ClientIdentity>())
        {
            // Each accepted client calls each method once. A client that is not accepted already fails when it connects.
            IAudreyClient? client;
            try
            {
                client = await Connect(identity);
            }
            catch (UnprovenException)
            {
                foreach (var method in methods) found[(method, identity)] = LibraryCall.Unproven;
                continue;
            }

            await using (client)
            {
                foreach (var method in methods) found[(method, identity)] = await Call(method, client, owner);
            }
        }

        return found;
    }

    private async Task<IAudreyClient> Connect(ClientIdentity identity)
    {
        var (key, secret) = _credentials[identity];
        if (identity != ClientIdentity.Nobody) return await _servers.Silo.Connect(key, secret);

        // The library does not try to connect without a secret, so a raw client makes this attempt.
        await Assert.ThrowsAsync<ArgumentException>(() => _servers.Silo.Connect(key, secret));
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => RawClient.Connect(_servers.Port, null));
        throw new UnprovenException(refused.Message, refused);
    }

    private async Task<string> Call(string method, IAudreyClient client, AudreyClient owner)
    {
        var number = Interlocked.Increment(ref _numbers);
        var deployable = DeployableId.Parse($"access-{number}");
        await owner.RegisterDeployableAsync(LibraryCall.Instances(deployable));
        var conductor = ConductorKey.Parse($"conductor-{number}");
        await _servers.Add(conductor.Value, ConductorRole.Operator);
        try
        {
            if (!await LibraryCall.Table[method].Call(client, deployable, conductor)) return LibraryCall.Nothing;
            var isDeletion = method == nameof(IAudreyClient.DeleteDeployableAsync);
            return isDeletion && await owner.ListDeployablesAsync().ContainsAsync(deployable) ? LibraryCall.Nothing : LibraryCall.Allowed;
        }
        catch (NotPermittedException)
        {
            return LibraryCall.Role;
        }
        catch (NotFoundException)
        {
            return "not found";
        }
        catch (ConflictException)
        {
            return "conflict";
        }
    }

    private async Task<Dictionary<(MethodInfo Method, ClientIdentity Identity), string>> CallOperations()
    {
        var found = new Dictionary<(MethodInfo Method, ClientIdentity Identity), string>();
        foreach (var identity in Accepted)
        {
            var (key, secret) = _credentials[identity];
            await using var client = await RawClient.Connect(_servers.Port, Conductor(key, secret));
            foreach (var method in OperationsAccess.Methods) found[(method, identity)] = await OperationsAccess.Call(client, key, method);
        }

        return found;
    }

    private async Task<(GrainAccess Access, IReadOnlyList<GrainInterface> Interfaces)> CallGrains()
    {
        var services = _servers.Silo.Services;
        var types = services.GetRequiredService<GrainTypeResolver>();
        var silo = services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        var access = new GrainAccess(_servers.Port, key => GrainInterface.All(types, key, silo), GrainInterface.ManifestOf(silo));
        await using var messages = await PortMessages.Connect(_servers.Port, _servers.ServerCredential);
        var interfaces = await access.Make(messages, Owner);
        foreach (var identity in Enum.GetValues<ClientIdentity>())
        {
            var (key, secret) = _credentials[identity];
            var credential = identity == ClientIdentity.Nobody ? null : Conductor(key, secret);
            await access.Send(Words(identity), key, credential, Accepted.Contains(identity));
        }

        await access.Send(Server, Owner, _servers.ServerCredential, isAccepted: true);
        return (access, interfaces);
    }

    private static string PageOf(
        string[] methods,
        ConcurrentDictionary<(string Method, ClientIdentity Identity), string> called,
        Dictionary<(MethodInfo Method, ClientIdentity Identity), string> operations,
        IReadOnlyList<GrainInterface> interfaces,
        IReadOnlyDictionary<(string Interface, string Caller), bool> reached)
    {
        var page = new StringBuilder();
        page.Append(
            """
            # Who may do what over the port for clients

            The test `ClientAccessTests` generates this page. For each cell, it makes a call at the port of a running silo. Run the test
            with `AUDREY_CLIENT_ACCESS=FILE` to write the page to a file.

            ## Methods of the client library

            The deployable belongs to the operator. The viewer, the rotated credential and the administrator act for the operator's
            conductor. The other conductor is an operator with deployables of its own.

            | Cell | Meaning |
            |---|---|
            | `yes` | The call is carried out |
            | `unproven` | The connection is refused before any call: `UnprovenException` |
            | `role` | The role does not permit the call: `NotPermittedException` |
            | `not found` | `NotFoundException`, as for a deployable that does not exist |
            | `conflict` | `ConflictException` |
            | `nothing` | The call succeeds, but the operator's deployable is neither shown nor changed |


            """);
        var identities = Enum.GetValues<ClientIdentity>();
        Row("Method", identities.Select(Words));
        Row("---", identities.Select(_ => "---"));
        foreach (var method in methods) Row($"`{method}`", identities.Select(identity => called[(method, identity)]));
        page.Append(
            """

            ## Methods of the grain for conductors

            A conductor's connection reaches one grain, `IConductorOperations`. A client of Orleans that is not the library calls each of
            its methods. `yes` means that the method was reached, and `role` that the grain refused the call before.


            """);
        Row("Method", Accepted.Select(Words));
        Row("---", Accepted.Select(_ => "---"));
        foreach (var method in OperationsAccess.Methods)
            Row($"`{method.Name}`", Accepted.Select(identity => operations[(method, identity)]));
        page.Append(
            """

            ## Grain interfaces

            The requests of every method of every interface of Audrey and of Orleans are made by a client of Orleans, and sent with the
            sender and the target of each caller: to the grain that implements the interface, to the grain for conductors, and to the list
            of grain types. `yes` means that the messages were let through. For all others the silo closes the connection without
            deserializing the message. After a refused proof, no message is read. A gateway without a silo is a server of the cluster. It
            reaches the grains of Audrey. No other interface than its own is let through to the grain for conductors, except from a gateway,
            and none to the list of grain types.


            """);
        string[] callers = [.. identities.Select(Words), Server];
        Row("Interface", callers.Prepend("methods"));
        Row("---", callers.Prepend("").Select(_ => "---"));
        foreach (var one in interfaces)
        {
            var count = one.Methods.Count.ToString(CultureInfo.InvariantCulture);
            Row($"`{one.Name}`", callers.Select(caller => reached[(one.Name, caller)] ? "yes" : "no").Prepend(count));
        }

        return page.ToString().ReplaceLineEndings("\n");

        void Row(string first, IEnumerable<string> cells) => page.Append("| ").AppendJoin(" | ", cells.Prepend(first)).Append(" |\n");
    }

    private static ConductorRole RoleOf(ClientIdentity identity) => identity switch
    {
        ClientIdentity.Viewer => ConductorRole.Viewer,
        ClientIdentity.Administrator => ConductorRole.Administrator,
        _ => ConductorRole.Operator,
    };

    private static string Words(ClientIdentity identity) => identity switch
    {
        ClientIdentity.Nobody => "no credential",
        ClientIdentity.UnknownKey => "unknown key",
        ClientIdentity.WrongSecret => "wrong secret",
        ClientIdentity.Revoked => "revoked credential",
        ClientIdentity.Guest => "guest",
        ClientIdentity.OtherGuest => "guest of another instance",
        ClientIdentity.OtherConductor => "other conductor",
        ClientIdentity.Viewer => "viewer",
        ClientIdentity.Operator => "operator",
        ClientIdentity.OldSecret => "rotated, old secret",
        ClientIdentity.NewSecret => "rotated, new secret",
        _ => "administrator",
    };
}
