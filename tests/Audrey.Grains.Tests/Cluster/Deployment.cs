using System.Globalization;
using System.Text;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;

namespace Audrey.Grains.Tests.Cluster;

/// <summary>
/// A deployable with ids that no other test uses. With this class, a test acts as the conductor of the deployable and as its guests.
/// </summary>
public sealed class Deployment(IGrainFactory grains, string conductor = "conductor")
{
    private static long _nonces;
    private readonly string _prefix = Guid.NewGuid().ToString("N")[..8];

    public ConductorKey Conductor { get; } = ConductorKey.Parse(conductor);

    /// <summary>A string that occurs in all keys of this deployable and in no key of another deployable.</summary>
    public string Tag => _prefix;

    public DeployableId Id => DeployableId.Parse("deployable-" + _prefix);

    public IDeployableGrain Grain => grains.GetGrain<IDeployableGrain>(GrainKeys.Of(Id));

    public InstanceId InstanceId(string name) => Core.Ids.InstanceId.Parse($"{name}-{_prefix}");

    /// <summary>Returns the instance with the interface for conductors.</summary>
    public IInstanceGrain Instance(string name) => grains.GetGrain<IInstanceGrain>(GrainKeys.Of(InstanceId(name)));

    /// <summary>Returns the instance with the interface for its guest.</summary>
    public IGuestGrain Guest(string name) => grains.GetGrain<IGuestGrain>(GrainKeys.Of(InstanceId(name)));

    /// <summary>Returns the instance with the interface for its deployable.</summary>
    public IMemberGrain Member(string name) => grains.GetGrain<IMemberGrain>(GrainKeys.Of(InstanceId(name)));

    /// <summary>Returns the instance with the interface for other instances.</summary>
    public IProviderGrain Provider(string name) => grains.GetGrain<IProviderGrain>(GrainKeys.Of(InstanceId(name)));

    public InstanceConfig Config(string name, string[]? provides = null, params ServiceConfig[] services) => new()
    {
        Id = InstanceId(name),
        Name = name,
        Secret = "secret of " + name,
        Deployable = Id,
        DeployableName = "a deployable",
        ProvidedParameters = [.. provides ?? []],
        Services = [.. services],
    };

    public ParameterConfig Given(string name, string value) => new() { Name = name, Value = Encoding.UTF8.GetBytes(value) };

    public ParameterConfig From(string name, string provider, string parameter) =>
        new() { Name = name, Reference = new(InstanceId(provider), ReferenceKind.ProvidedParameter, parameter) };

    public ParameterConfig After(string name, string provider, string service) =>
        new() { Name = name, Reference = new(InstanceId(provider), ReferenceKind.ServiceEnd, service) };

    public ParameterConfig Of(string name, string[] members, string source, bool ofService = false, int? first = null,
        int? atLeast = null) => new()
        {
            Name = name,
            Group = new()
            {
                Assembly = "group",
                Members = [.. members.Select(InstanceId)],
                Kind = ofService ? ReferenceKind.ServiceEnd : ReferenceKind.ProvidedParameter,
                Name = source,
                First = first,
                AtLeast = atLeast,
            },
        };

    public static ServiceConfig Service(string name, params ParameterConfig[] parameters) =>
        new() { Name = name, Parameters = [.. parameters] };

    public static RequestMark Mark() => Mark(1_700_000_000 + (Interlocked.Increment(ref _nonces) / 16));

    public static RequestMark Mark(long timestamp) => new(timestamp, (ulong)Interlocked.Increment(ref _nonces), 1);

    public ConductorCommand Command() => new(Conductor, Mark());

    public Task<ConductorAnswer> Register(InstanceConfig config) => Register(config, Command());

    public Task<ConductorAnswer> Register(InstanceConfig config, ConductorCommand command) => Register(config, command, [1, 2, 3]);

    public Task<ConductorAnswer> Register(InstanceConfig config, byte[] tarball) => Register(config, Command(), tarball);

    private Task<ConductorAnswer> Register(InstanceConfig config, ConductorCommand command, byte[] tarball) =>
        grains.GetGrain<IInstanceGrain>(GrainKeys.Of(config.Id)).Register(new(command, config, tarball));

    public async Task<GuestContact> Contact(string name, int version = 2, string address = "192.0.2.1")
    {
        var credential = await Guest(name).GetCredential();
        return new(credential?.Generation ?? 0, version, address, Mark());
    }

    public async Task<GuestAnswer> Get(string name, string? service = null, int version = 2) =>
        (await Guest(name).GetConfiguration(await Contact(name, version), service)).Value!;

    public async Task<string> Read(string name, string? service = null)
    {
        var answer = await Get(name, service);
        return string.Create(CultureInfo.InvariantCulture, $"{CompletenessOf(answer)} {Encoding.UTF8.GetString(answer.Body)}");
    }

    public async Task<GuestAnswer> Provide(string name, string parameter, string value) =>
        (await Guest(name).Provide(await Contact(name), Values((parameter, value)))).Value!;

    public async Task<GuestAnswer> End(string name, string service, string exitStatus) =>
        (await Guest(name).Provide(await Contact(name), Ends((service, exitStatus)))).Value!;

    public static Provision Values(params (string Name, string Value)[] values) =>
        new([.. values.Select(value => new NamedValue(value.Name, Encoding.UTF8.GetBytes(value.Value)))], []);

    public static Provision Ends(params (string Service, string ExitStatus)[] ends) =>
        new([], [.. ends.Select(end => new NamedValue(end.Service, Encoding.UTF8.GetBytes(end.ExitStatus)))]);

    public async Task<InstanceReport> Report(string name) =>
        await Instance(name).GetReport() ?? throw new InvalidOperationException($"{name} is not registered");

    public static string CompletenessOf(GuestAnswer answer) => answer.IsComplete ? "Complete" : "Incomplete";

    public static string Text(GuestResult<GuestAnswer> result) => Text(result.Value!);

    public static string Text(GuestAnswer answer) => Encoding.UTF8.GetString(answer.Body);

    /// <summary>Returns the value of a parameter that an instance provides.</summary>
    public async Task<string?> ValueOf(string name, string parameter)
    {
        for (long incarnation = 1; ; incarnation++)
        {
            var snapshot = await Provider(name).GetSnapshot(Id, incarnation);
            if (snapshot.IsUnknown) continue;
            return snapshot.Find(ReferenceKind.ProvidedParameter, parameter) is { } value ? Encoding.UTF8.GetString(value) : null;
        }
    }

    /// <summary>Returns the conductor's deployables.</summary>
    public Task<DeployablesPage> Conducts(ConductorKey? conductor = null) =>
        grains.GetGrain<IConductorGrain>(GrainKeys.Of(conductor ?? Conductor)).List(0);

    /// <summary>Requests the deletion of the deployable repeatedly until the deletion is complete.</summary>
    public async Task DeleteUntilDone()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await Grain.Delete(Command());
                return;
            }
            catch (Exception failure) when (TryAgain.After(failure) && attempt < 10)
            {
            }
        }
    }

    /// <summary>Returns the parameters for which a service waits, each in the form <c>parameter reason</c>.</summary>
    public async Task<string> Waits(string name, string service) => string.Join(
        ", ", (await Report(name)).Services.Single(s => s.Name == service).Unresolved.Select(parameter =>
            $"{parameter.Name} {parameter.Reason}"));
}
