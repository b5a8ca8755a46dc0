using System.Text;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Protocol;

/// <summary>One server for all protocol tests. Each test uses its own instances.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private static int _ids;
    private RunningServer? _server;

    public RunningServer Server => _server ?? throw new InvalidOperationException("The server was not started.");

    public HttpClient Http => Server.Http;

    public SignedClient Conductor => Server.Conductor;

    public SignedClient OtherConductor => Server.OtherConductor;

    public async Task InitializeAsync() =>
        _server = await RunningServer.Start("--Audrey:Limits:MaxDocumentBytes=20000", "--Audrey:Limits:MaxTarballBytes=20000");

    public async Task DisposeAsync() => await Server.DisposeAsync();

    /// <summary>Returns an id that no other test uses.</summary>
    public static string NewId(string kind) => $"{kind}-{Interlocked.Increment(ref _ids)}";

    /// <summary>Returns the guest of an instance that <see cref="Register"/> has registered.</summary>
    public SignedClient Guest(string uuid) => Server.Client(uuid, SecretOf(uuid));

    /// <summary>Registers an instance. In the document, <paramref name="content"/> comes after the deployable.</summary>
    public async Task<SignedClient> Register(string uuid, string content, string deployable)
    {
        var answer = await Conductor.Post($"/configs/2/{uuid}", Document(uuid, content, deployable));
        Assert.Equal((200, ""), (answer.Status, answer.Text));
        return Guest(uuid);
    }

    /// <summary>Registers an instance and returns a client of version 3 for its guest.</summary>
    public async Task<BasicClient> RegisterVersion3(string uuid, string content, string deployable)
    {
        await Register(uuid, content, deployable);
        return Server.Basic(uuid, SecretOf(uuid));
    }

    public static string Document(string uuid, string content, string deployable, string? secret = null) =>
        $"""
        <instance-config id="{uuid}" name="assembly-of-{uuid}" secret="{secret ?? SecretOf(uuid)}">
          <deployable name="name-of-{deployable}" id="{deployable}"/>
          {content}
        </instance-config>
        """;

    public static string Provides(params string[] names) =>
        $"<provided-parameters>{string.Concat(names.Select(name => $"<provided-parameter name=\"{name}\"/>"))}</provided-parameters>";

    public static string Services(params string[] services) => $"<services>{string.Concat(services)}</services>";

    public static string Service(string name, params string[] parameters) =>
        $"<service name=\"{name}\"><executable><contents>#!/bin/sh\ntrue\n</contents></executable>"
        + (parameters.Length == 0 ? "" : $"<parameters>{string.Concat(parameters)}</parameters>")
        + "</service>";

    public static string Value(string name, string value) => $"<parameter name=\"{name}\"><value>{value}</value></parameter>";

    public static string Refers(string name, string uuid, string provided) =>
        $"<parameter name=\"{name}\"><reference assembly=\"{uuid}\" provided-parameter=\"{provided}\"/></parameter>";

    public static string RefersToEnd(string name, string uuid, string service) =>
        $"<parameter name=\"{name}\"><reference assembly=\"{uuid}\" service-parameter=\"{service}\"/></parameter>";

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public static (int Status, string Text) Short(Answer answer) => (answer.Status, answer.Text);

    public static string SecretOf(string uuid) => $"the-secret-of-{uuid}";
}

[CollectionDefinition(Name)]
public sealed class ServerCollection : ICollectionFixture<ServerFixture>
{
    public const string Name = "One server for the tests of the protocol";
}
