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

    /// <summary>Returns a registration's configuration revision.</summary>
    public string RevisionOf(RegisteredInstance instance) => ConfigurationOf(instance).Revision;
}
