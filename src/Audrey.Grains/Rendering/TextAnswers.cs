using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Protocol.Text;

namespace Audrey.Grains.Rendering;

/// <summary>
/// The bodies for guests of versions 0 to 2. Each body is rendered for the first request after a change, and then returned by reference.
/// </summary>
internal sealed class TextAnswers(RegisteredInstance instance)
{
    private Dictionary<string, Rendered>? _services;
    private Rendered _all;
    private Rendered _parameters;
    private Rendered _parametersAndServices;

    /// <summary>The registration that these answers belong to.</summary>
    public RegisteredInstance Instance => instance;

    // A failure holds a service back, or no longer does, without a change of its values.
    private (long, long) Now =>
        (instance.Required.ChangeCount, instance.Required.AwaitsEnds ? instance.Required.SnapshotCount : 0);

    /// <summary>Returns the configuration of all services.</summary>
    public GuestAnswer Configuration() => _all.At == Now ? _all.Answer! : Keep(ref _all, Render(instance.Required.Services));

    /// <summary>Returns the configuration of one service, or null if there is no service with that name.</summary>
    public GuestAnswer? Configuration(string service)
    {
        _services ??= [];
        if (_services.TryGetValue(service, out var rendered) && rendered.At == Now)
            return rendered.Answer;
        if (instance.Required.Services.FirstOrDefault(candidate => candidate.Name == service) is not { } found) return null;
        var answer = Keep(ref rendered, Render([found]));
        _services[service] = rendered;
        return answer;
    }

    /// <summary>Returns the provided parameters that have no value yet. From version 2 on, the names of the services follow.</summary>
    public GuestAnswer Parameters(bool withServices)
    {
        ref var rendered = ref withServices ? ref _parametersAndServices : ref _parameters;
        if (rendered.Answer is { } known && rendered.At == (instance.Reported.Version, 0)) return known;
        string[] missing = [.. instance.Missing];
        var body = withServices
            ? MissingText.Render(missing, [.. instance.Config.Services.Select(service => service.Name)])
            : MissingText.Render(missing);
        rendered = new((instance.Reported.Version, 0), new GuestAnswer(missing.Length == 0, body));
        return rendered.Answer!;
    }

    // These guests do not know that a service is held back. They read that it is incomplete.
    private GuestAnswer Render(IReadOnlyList<RequiredValues.Service> services)
    {
        var texts = services.Select(service => new ServiceText(service.Name, [.. service.Slots.Select(Parameter)]));
        return new(services.All(service => service.Complete && !instance.IsHeldBack(service)), ConfigurationText.Render([.. texts]));
    }

    private static ParameterText Parameter(RequiredValues.Slot slot) =>
        new(slot.Name, slot.Value is { } value ? new ReadOnlyMemory<byte>(value) : null);

    private GuestAnswer Keep(ref Rendered rendered, GuestAnswer answer)
    {
        rendered = new(Now, answer);
        return answer;
    }

    /// <summary>An answer, with the counts or the snapshot version at which it was rendered.</summary>
    private readonly record struct Rendered((long, long) At, GuestAnswer? Answer);
}
