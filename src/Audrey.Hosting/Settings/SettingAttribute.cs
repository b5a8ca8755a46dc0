namespace Audrey.Hosting.Settings;

/// <summary>
/// Describes a setting whose default or range no value and no <see cref="System.ComponentModel.DataAnnotations.RangeAttribute"/> states.
/// The page of settings is made from it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute : Attribute
{
    /// <summary>Gets the default, for people; null if the property's own default says it.</summary>
    public string? Default { get; init; }

    /// <summary>Gets the range, for people; null if an attribute or the type says it.</summary>
    public string? Range { get; init; }
}
