using System.CommandLine.Completions;
using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Profiles;
using Audrey.Client;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;

namespace Audrey.Cli.Suggestions;

/// <summary>
/// Suggests the names of deployables, instances, services and values to shells. They come from launch directories in the current directory
/// and from the servers. If the servers do not answer quickly, there are fewer suggestions and no message.
/// </summary>
internal sealed class NameSuggestions(Terminal terminal)
{
    /// <summary>The option with the deployable of an instance.</summary>
    public const string DeployableOption = "--deployable";

    private const int Max = 200;

    /// <summary>The number of deployables whose instances are suggested if the command line names no deployable: the newest ones.</summary>
    private const int MaxDeployables = 10;

    /// <summary>The time that a person waits for suggestions.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public IEnumerable<string> Deployables(CompletionContext context) => Suggest(
        context,
        plans => plans.Select(plan => plan.Id),
        (client, cancellationToken) => client.ListDeployablesAsync(cancellationToken).Select(id => id.Value));

    /// <summary>Suggests the labels and the UUIDs of instances.</summary>
    public IEnumerable<string> Instances(CompletionContext context) => Suggest(
        context,
        plans => InstancesOf(plans, context).SelectMany(instance => new[] { instance.Label, instance.Uuid }),
        (client, cancellationToken) => AllInstances(client, context, cancellationToken)
            .SelectMany(instance => new[] { instance.Label, instance.Id.Value }.ToAsyncEnumerable()));

    /// <summary>Suggests instances, and after a slash the services of an instance.</summary>
    public IEnumerable<string> Services(CompletionContext context)
    {
        if (context.WordToComplete.Split('/') is not [var name, _]) return Instances(context);
        return Suggest(
            context,
            plans => InstancesOf(plans, context).Where(instance => instance.Uuid == name || instance.Label == name)
                .SelectMany(instance => instance.Services).Select(service => $"{name}/{service}"),
            (client, cancellationToken) => AllInstances(client, context, cancellationToken)
                .Where(instance => instance.Id.Value == name || instance.Label == name)
                .SelectMany(instance => instance.Services.Select(service => $"{name}/{service.Name}").ToAsyncEnumerable()));
    }

    /// <summary>Suggests the assemblies of the deployable that the command line names.</summary>
    public IEnumerable<string> Assemblies(CompletionContext context) => OfDeployable(
        context, instance => [instance.Assembly], instance => [instance.Assembly]);

    /// <summary>Suggests conditions for <c>wait</c>.</summary>
    public IEnumerable<string> Conditions(CompletionContext context) => new[] { "complete", "failed" }.Concat(OfDeployable(
        context,
        instance => Conditions(instance.Services, instance.Provides),
        instance => Conditions(instance.Services.Select(service => service.Name), instance.Given.Concat(instance.NotYetProvided))));

    private static IEnumerable<string> Conditions(IEnumerable<string> services, IEnumerable<string> values) =>
        services.Select(service => $"service={service}").Concat(values.Select(value => $"value={value}"));

    private IEnumerable<string> OfDeployable(
        CompletionContext context,
        Func<StoredInstance, IEnumerable<string>> planned,
        Func<InstanceStatus, IEnumerable<string>> registered)
    {
        var id = ValueOf(context, "ID");
        if (!DeployableId.TryParse(id, out var deployable, out _)) return [];
        return Suggest(
            context,
            plans => plans.Where(plan => plan.Id == id).SelectMany(plan => plan.Instances).SelectMany(planned),
            (client, cancellationToken) => client.ListInstancesAsync(deployable, cancellationToken)
                .SelectMany(instance => registered(instance).ToAsyncEnumerable()));
    }

    /// <summary>Returns the value of an argument or an option. Null if the command line does not have it, or has it wrong.</summary>
    private static string? ValueOf(CompletionContext context, string name)
    {
        try
        {
            return context.ParseResult.GetValue<string?>(name);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Returns the instances of the planned deployable that the command line names, or of all if it names none.</summary>
    private static IEnumerable<StoredInstance> InstancesOf(IEnumerable<StoredPlan> plans, CompletionContext context)
    {
        var named = ValueOf(context, DeployableOption);
        return plans.Where(plan => named is null || plan.Id == named).SelectMany(plan => plan.Instances);
    }

    /// <summary>Reads the instances of the deployable that the command line names, or of the newest ones if it names none.</summary>
    private static IAsyncEnumerable<InstanceStatus> AllInstances(
        GatewayClient client, CompletionContext context, CancellationToken cancellationToken) =>
        DeployableId.TryParse(ValueOf(context, DeployableOption), out var named, out _)
            ? client.ListInstancesAsync(named, cancellationToken)
            : client.ListDeployablesAsync(cancellationToken).TakeLast(MaxDeployables).Reverse()
                .SelectMany(id => client.ListInstancesAsync(id, cancellationToken));

    private SortedSet<string> Suggest(
        CompletionContext context,
        Func<IReadOnlyList<StoredPlan>, IEnumerable<string>> planned,
        Func<GatewayClient, CancellationToken, IAsyncEnumerable<string>> registered)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        try
        {
            Add(planned(StoredPlans.In(Directory.GetCurrentDirectory())));
            AddRegisteredAsync().GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is CommandFailure or AudreyException or OperationCanceledException or IOException
            or UnauthorizedAccessException)
        {
            // A message would appear within the line that a person is typing. The names that were found so far are suggested.
        }

        return names;

        async Task AddRegisteredAsync()
        {
            var profile = new ProfileSelection(terminal.Environment).Select(ValueOf(context, "--profile"));
            // The program that prints the secret could ask for a password.
            if (profile.SecretCommand is not null) return;
            using var limit = new CancellationTokenSource(Limit, terminal.Time);
            var secret = await new SecretSource(terminal.Environment).ReadAsync(profile, limit.Token);
            // One attempt may take the whole time: a client tries each request for half of its time.
            using var client = new GatewayClient(profile, secret, 2 * Limit, terminal.Time);
            await foreach (var name in registered(client, limit.Token))
            {
                Add([name]);
                if (names.Count >= Max) return;
            }
        }

        void Add(IEnumerable<string> found) =>
            names.UnionWith(found.Where(name => name.StartsWith(context.WordToComplete, StringComparison.Ordinal)).Take(Max));
    }
}
