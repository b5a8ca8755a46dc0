namespace Audrey.Hosting.Settings;

/// <summary>
/// Describes the default or the range of a setting, if neither the property's default value nor a
/// <see cref="System.ComponentModel.DataAnnotations.RangeAttribute"/> states it. The page of settings is generated from these attributes.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute : Attribute
{
    /// <summary>Gets the default, for people; null if the property's own default states it.</summary>
    public string? Default { get; init; }

    /// <summary>Gets the range, for people; null if an attribute or the type states it.</summary>
    public string? Range { get; init; }
}
