using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;

namespace Audrey.Grains.Rendering;

/// <summary>The rendered answers of one instance. The answers are created on first use, and again for each registration.</summary>
internal sealed class InstanceAnswers
{
    private TextAnswers? _text;
    private ConfigurationAnswers? _configuration;

    /// <summary>Returns a registration's answers for guests of versions 0 to 2.</summary>
    public TextAnswers TextOf(RegisteredInstance instance) =>
        ReferenceEquals(_text?.Instance, instance) ? _text : _text = new TextAnswers(instance);

    /// <summary>Returns a registration's configuration for guests of version 3.</summary>
    public ConfigurationAnswers ConfigurationOf(RegisteredInstance instance) =>
        ReferenceEquals(_configuration?.Instance, instance) ? _configuration : _configuration = new ConfigurationAnswers(instance);

    /// <summary>
    /// Returns the configuration of all services or of one for a guest of versions 0 to 2, or null if there is no such service. The guest
    /// receives it.
    /// </summary>
    public GuestAnswer? HandOut(RegisteredInstance instance, string? service)
    {
        var text = TextOf(instance);
        var answer = service is null ? text.Configuration() : text.Configuration(service);
        if (answer is { IsComplete: true } && instance.Required.Complete) instance.HandOut(RevisionOf(instance), saysApplied: false);
        return answer;
    }

    /// <summary>Returns a registration's configuration for a guest of version 3, which receives it or has it.</summary>
    public ConfigurationAnswers HandOut(RegisteredInstance instance)
    {
        var configuration = ConfigurationOf(instance);
        if (instance.Required.Complete) instance.HandOut(configuration.Revision, saysApplied: true);
        return configuration;
    }

    /// <summary>Returns a report on the state of an instance.</summary>
    public InstanceReport Report(RegisteredInstance instance) =>
        instance.Report(instance.HasConfiguration && instance.Required.Complete ? RevisionOf(instance) : null);

    /// <summary>Returns a registration's configuration revision.</summary>
    public string RevisionOf(RegisteredInstance instance) => ConfigurationOf(instance).Revision;
}
