using Audrey.Core.Findings;

namespace Audrey.Core.Documents;

/// <summary>Collects what is forgiven while a document is read.</summary>
internal sealed class LeniencyBuilder
{
    private readonly Dictionary<string, Sources> _services = new(StringComparer.Ordinal);
    private Sources _service = new("");

    /// <summary>The findings that were forgiven so far.</summary>
    public FindingList Forgiven { get; } = new();

    /// <summary>Called when a service is read. If there was a service of that name, its executable and files no longer count.</summary>
    public void BeginService(string name) => _services[name] = _service = new(name);

    /// <summary>Records where the current service names a source by URL.</summary>
    public void Use(string element, string url, SourceLocation location) =>
        _service.Uses.Add(new(_service.LeftOut.Service, element, url, location.Line, location.Column));

    /// <summary>Leaves an executable or a file of the current service out.</summary>
    public void LeaveOut(string message, SourceLocation location)
    {
        Forgiven.Add(message, location);
        _service.LeftOut = _service.LeftOut.With(new(message, location.Line, location.Column));
    }

    public Leniency Build() => !Forgiven.Any && _services.Values.All(service => service.Uses.Count == 0)
        ? Leniency.None
        : new()
        {
            Forgiven = Forgiven.ToImmutable(),
            LeftOut = [.. _services.Values.Select(service => service.LeftOut).Where(sources => sources.Count > 0)],
            Uses = [.. _services.Values.SelectMany(service => service.Uses)],
        };

    private sealed class Sources(string name)
    {
        public LeftOutSources LeftOut { get; set; } = new(name, [], 0);

        public List<SourceUse> Uses { get; } = [];
    }
}
