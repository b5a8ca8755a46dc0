using System.Text;

namespace Audrey.Grains.Tests.Properties;

/// <summary>A model that consists of plain dictionaries. It computes the answers that the cluster must return.</summary>
internal sealed class Model
{
    private readonly Dictionary<string, Registered> _instances = [];

    public bool Has(string name) => _instances.ContainsKey(name);

    public void Register(string name, Plan plan) => _instances[name] = new Registered(plan);

    /// <summary>Registers the instance again and removes the values that were set.</summary>
    public void Replace(string name)
    {
        if (_instances.TryGetValue(name, out var instance)) Register(name, instance.Plan);
    }

    public void Delete() => _instances.Clear();

    public void Put(string name, IEnumerable<(string Name, string Value)> values, IEnumerable<(string Service, string Status)> ends,
        string address)
    {
        if (!_instances.TryGetValue(name, out var instance)) return;
        instance.Address = address;
        foreach (var (parameter, value) in values)
            if (instance.Plan.Provides.Contains(parameter)) instance.Values[parameter] = value;
        foreach (var (service, status) in ends)
            if (instance.Plan.Services.Any(s => s.Name == service)) instance.Ends[service] = status;
    }

    public void PollVersion0(string name, string address)
    {
        if (!_instances.TryGetValue(name, out var instance)) return;
        (instance.Address, instance.GivesAddress) = (address, true);
    }

    /// <summary>
    /// Returns the expected answer to a poll: <c>Complete</c> or <c>Incomplete</c>, followed by the body, or <c>NotFound</c>.
    /// </summary>
    public string Answer(string name, string? service)
    {
        if (!_instances.TryGetValue(name, out var instance)) return "NotFound ";
        var services = instance.Plan.Services.Where(s => service is null || s.Name == service).ToList();
        if (service is not null && services.Count == 0) return "NotFound ";
        var (text, complete) = (new StringBuilder(), true);
        foreach (var one in services)
        {
            text.Append("|service|").Append(one.Name);
            if (one.Parameters.Length > 0) text.Append("|parameters");
            foreach (var parameter in one.Parameters.OrderBy(p => p.IsGiven ? 0 : p.OfService ? 2 : 1))
            {
                var value = ValueOf(name, one.Name, parameter);
                complete &= value is not null;
                text.Append('|').Append(parameter.Name).Append('&').Append(value is null ? ""
                    : Convert.ToBase64String(Encoding.UTF8.GetBytes(value)));
            }
        }

        if (services.Count == 0) text.Append('|');
        return $"{(complete ? "Complete" : "Incomplete")} {text}|";
    }

    private string? ValueOf(string name, string service, ParameterPlan parameter)
    {
        if (parameter.IsGiven) return parameter.Source;
        if (parameter.Group is not { } group) return ValueOf(name, service, parameter, parameter.Provider!) ?? parameter.Default;
        var there = group.Members.Select(member => ValueOf(name, service, parameter, member)).OfType<string>().ToList();
        return there.Count < (group.AtLeast ?? group.First ?? group.Members.Length)
            ? parameter.Default
            : string.Join('\n', there.Take(group.First ?? there.Count));
    }

    private string? ValueOf(string name, string service, ParameterPlan parameter, string from)
    {
        if (!_instances.TryGetValue(from, out var provider)) return null;
        if (parameter.OfService) return from == name && parameter.Source == service ? null
            : provider.Ends.GetValueOrDefault(parameter.Source);
        if (provider.Values.TryGetValue(parameter.Source, out var value)) return value;
        return parameter.Source == "ipaddress" && provider.GivesAddress ? provider.Address : null;
    }

    private sealed class Registered(Plan plan)
    {
        public Plan Plan { get; } = plan;

        public Dictionary<string, string> Values { get; } = [];

        public Dictionary<string, string> Ends { get; } = [];

        public string? Address { get; set; }

        public bool GivesAddress { get; set; }
    }
}
