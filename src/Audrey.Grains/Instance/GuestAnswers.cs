using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Protocol.Text;

namespace Audrey.Grains.Instance;

/// <summary>
/// The bodies that a guest is answered with: each rendered once when first asked for after a change, then handed out by reference.
/// </summary>
internal sealed class GuestAnswers(LiveInstance live)
{
    private readonly Dictionary<string, Rendered> _services = [];
    private Rendered _all;
    private Rendered _parameters;
    private Rendered _parametersAndServices;

    /// <summary>The configuration of all services.</summary>
    public GuestAnswer Configuration() => _all.Revision == live.Required.Revision ? _all.Answer! : Keep(ref _all, Render(live.Required.Services));

    /// <summary>The configuration of one service; null when there is none of that name.</summary>
    public GuestAnswer? Configuration(string service)
    {
        if (_services.TryGetValue(service, out var rendered) && rendered.Revision == live.Required.Revision) return rendered.Answer;
        if (live.Required.Services.FirstOrDefault(candidate => candidate.Name == service) is not { } found) return null;
        var answer = Keep(ref rendered, Render([found]));
        _services[service] = rendered;
        return answer;
    }

    /// <summary>The provided parameters still missing; from version 2 on followed by the names of the services.</summary>
    public GuestAnswer Parameters(bool withServices)
    {
        ref var rendered = ref withServices ? ref _parametersAndServices : ref _parameters;
        if (rendered.Answer is { } known && rendered.Revision == live.Reported.Version) return known;
        var missing = Missing();
        var body = withServices
            ? MissingText.Render(missing, [.. live.Config.Services.Select(service => service.Name)])
            : MissingText.Render(missing);
        rendered = new(live.Reported.Version, new GuestAnswer(missing.Count == 0, body));
        return rendered.Answer!;
    }

    /// <summary>The provided parameters that the guest has not given.</summary>
    public List<string> Missing() => [.. live.Config.ProvidedParameters.Where(name => live.Reported.ValueOf(name) is null)];

    private static GuestAnswer Render(IReadOnlyList<RequiredValues.Service> services)
    {
        var body = ConfigurationText.Render([.. services.Select(service =>
            new ServiceText(service.Name, [.. service.Slots.Select(slot => new ParameterText(slot.Name, slot.Value is { } value ? new ReadOnlyMemory<byte>(value) : null))]))]);
        return new(services.All(service => service.Complete), body);
    }

    private GuestAnswer Keep(ref Rendered rendered, GuestAnswer answer)
    {
        rendered = new(live.Required.Revision, answer);
        return answer;
    }

    private readonly record struct Rendered(long Revision, GuestAnswer? Answer);
}
